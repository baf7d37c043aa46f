// A program of its own, for OpenTelemetry's packages are not to be had inside the runner of the tests: prints what /metrics says, and
// what OpenTelemetry collects, before and after it was undone.

import { DataPointType, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { Scheduler } from '@udpng/core'
import { observeWith } from '@udpng/inspector/opentelemetry'
import { ask } from './client.js'
import { Counting, inspecting, Wall } from './parts.js'

class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}

  /** Series in the words of Prometheus, by what is in OpenTelemetry's. */
  async read(): Promise<Readonly<Record<string, unknown>>> {
    const { resourceMetrics, errors } = await this.collect()
    if (errors.length > 0) throw errors[0]
    const all = resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics)
    return Object.fromEntries(
      all.flatMap(({ descriptor, dataPoints, dataPointType }) =>
        dataPoints.map(({ attributes, value }) => {
          const labels = Object.entries(attributes).map(([key, text]) => `${key}="${text}"`)
          const total = dataPointType === DataPointType.SUM ? '_total' : ''
          return [`${descriptor.name.replace('.', '_')}${total}{${labels.join()}}`, value]
        }),
      ),
    )
  }
}

const scheduler = new Scheduler()
const wall = scheduler.activate(new Wall({ capacity: 2, whenFull: 'dropNewest' }))
scheduler.activate(new Counting())
void scheduler.run()
for (let i = 0; i < 5; i++) wall.inbox.deliver(i)
const inspector = await inspecting(scheduler)
const reader = new Reader()
const provider = new MeterProvider({ readers: [reader] })
const stop = observeWith(scheduler, provider.getMeter('test'))
const during = await reader.read()
const metrics = (await ask(inspector.url, '/metrics')).body
stop()
for (let i = 0; i < 5; i++) wall.inbox.deliver(i)
await new Promise((resolve) => setTimeout(resolve, 100)) // a picture younger than that would be the same in any case
const after = await reader.read()
await provider.shutdown()
await inspector.close()
scheduler.stop()
console.log(JSON.stringify({ metrics, during, after }))
