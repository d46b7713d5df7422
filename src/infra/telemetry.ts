import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** The process's registry; features add their own gauges and counters to it. */
export const metrics = new Registry();

collectDefaultMetrics({ register: metrics, prefix: 'clepsydra_' });

export const requestSeconds = new Histogram({
  name: 'clepsydra_http_request_seconds',
  help: 'Time to answer, by route and status',
  labelNames: ['method', 'route', 'status'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
  registers: [metrics],
});
