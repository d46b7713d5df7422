"""
Extension of threatexchange for the signal feed of a Clepsydra service.

    tx config extensions add tx_clepsydra
"""

from threatexchange.extensions.manifest import ThreatExchangeExtensionManifest

from tx_clepsydra.exchange import ClepsydraSignalExchangeAPI

TX_MANIFEST = ThreatExchangeExtensionManifest(apis=(ClepsydraSignalExchangeAPI,))
