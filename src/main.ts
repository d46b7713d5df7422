import { startService } from './service';

// HTTP, and in the same process the background work unless CLEPSYDRA_WORKER is off.
void startService();
