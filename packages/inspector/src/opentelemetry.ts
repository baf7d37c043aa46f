import type { Meter, Observable } from '@opentelemetry/api'
import type { Scheduler } from '@udpng/core'
import { type MetricName, metrics } from './observe/ledger.js'
import { Watch } from './observe/watch.js'

/**
 * Exports the numbers of `GET /metrics` to OpenTelemetry at each collection: as observable counters and gauges such as
 * `udpng.messages_delivered`, with the same labels as attributes. It needs no inspector.
 *
 * @example
 * const stop = observeWith(scheduler, metrics.getMeter('my-program'))
 *
 * @param scheduler - the scheduler to observe
 * @param meter - a meter of `@opentelemetry/api`, which this package does not import
 * @returns stops the export
 */
export function observeWith(scheduler: Scheduler, meter: Meter): () => void {
  const watch = new Watch(scheduler)
  const instruments = new Map<MetricName, Observable>()
  for (const [key, { kind, help: description, unit }] of Object.entries(metrics())) {
    const name = `udpng.${key}`
    const options = { description, unit }
    instruments.set(
      key as MetricName,
      kind === 'counter'
        ? meter.createObservableCounter(name, options)
        : meter.createObservableGauge(name, options),
    )
  }
  const all = [...instruments.values()]
  const observe: Parameters<Meter['addBatchObservableCallback']>[0] = (result) => {
    watch.now()
    for (const { name, labels, value } of watch.samples())
      result.observe(instruments.get(name) as Observable, value, labels)
  }
  meter.addBatchObservableCallback(observe, all)
  return () => {
    meter.removeBatchObservableCallback(observe, all)
    watch.close()
  }
}
