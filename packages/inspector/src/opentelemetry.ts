import type { Meter, Observable } from '@opentelemetry/api'
import type { Scheduler } from '@udpng/core'
import { type MetricName, metrics } from './observe/ledger.js'
import { Watch } from './observe/watch.js'

/**
 * Gives the numbers of `GET /metrics` to OpenTelemetry, each time that it collects: as observable counters and gauges called
 * `udpng.messages_delivered`, with the same labels as attributes. It needs no inspector.
 *
 * @example
 * const stop = observeWith(scheduler, metrics.getMeter('my-program'))
 *
 * @param scheduler - what runs the components
 * @param meter - of `@opentelemetry/api`, which this does not import
 * @returns what ends it
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
