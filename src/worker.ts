import { startService } from './service';

// The background work alone: sequencer, clock, deliveries. Any number of these may run beside each other.
void startService({ api: false, worker: true });
