import type { ComponentPicture } from './protocol.js'

/** One number, for metrics. */
export interface Sample {
  /** Without a prefix: `messages_delivered`. */
  readonly name: MetricName
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** A counter only grows; a gauge tells what is now. */
export interface Metric {
  readonly kind: 'counter' | 'gauge'
  readonly help: string
  readonly labels: readonly string[]
}

export type MetricName =
  | 'messages_delivered'
  | 'messages_sent'
  | 'messages_discarded'
  | 'inbox_length'
  | 'inbox_capacity'
  | 'messages_dropped'
  | 'datagrams'
  | 'datagram_bytes'
  | 'components'

/** Every metric there is. */
export function metrics(): Readonly<Record<MetricName, Metric>> {
  const box = ['component', 'box']
  const counter = 'counter'
  const gauge = 'gauge'
  return {
    messages_delivered: { kind: counter, help: 'Messages delivered into an inbox', labels: box },
    messages_sent: { kind: counter, help: 'Messages that left an outbox', labels: box },
    messages_discarded: {
      kind: counter,
      help: 'Messages sent while nothing was linked',
      labels: box,
    },
    inbox_length: { kind: gauge, help: 'Messages that wait in an inbox', labels: box },
    inbox_capacity: { kind: gauge, help: 'Messages with which an inbox is full', labels: box },
    messages_dropped: {
      kind: counter,
      help: 'Messages and datagrams dropped',
      labels: ['component', 'reason'],
    },
    datagrams: { kind: counter, help: 'Datagrams of peers', labels: ['component', 'direction'] },
    datagram_bytes: {
      kind: counter,
      help: 'Payload bytes of peers',
      labels: ['component', 'direction'],
    },
    components: { kind: gauge, help: 'Components that are shown, by state', labels: ['state'] },
  }
}

/** So many components have a label of their own. */
const MOST_NAMED = 100

/**
 * The numbers of all components, for metrics. The first hundred that it meets are named; those that come later are summed by class,
 * so that there are never many labels, however many components come and go. Counters keep what was counted by those that are gone.
 */
export class Ledger {
  readonly #named = new Set<string>()
  readonly #past = new Map<string, Sample>()

  /** A component that will be counted. */
  welcome(name: string): void {
    if (this.#named.size < MOST_NAMED) this.#named.add(name)
  }

  /** It is gone, and this is what it counted. */
  retire(name: string, picture: ComponentPicture): void {
    const all = metrics()
    for (const sample of samplesOf(this.#label(name), picture))
      if (all[sample.name].kind === 'counter') add(this.#past, sample)
  }

  /** All numbers, of those that live and of those that are gone. */
  samples(living: Iterable<readonly [name: string, picture: ComponentPicture]>): Iterable<Sample> {
    const sums = new Map(this.#past)
    for (const [name, picture] of living) {
      for (const sample of samplesOf(this.#label(name), picture)) add(sums, sample)
      add(sums, { name: 'components', labels: { state: picture.state }, value: 1 })
    }
    return sums.values()
  }

  #label(name: string): string {
    return this.#named.has(name) ? name : name.replace(/#\d+$/, '')
  }
}

function add(sums: Map<string, Sample>, sample: Sample): void {
  const { name, labels, value } = sample
  const key = [name, ...Object.values(labels)].join('\n')
  sums.set(key, { name, labels, value: value + (sums.get(key)?.value ?? 0) })
}

function* samplesOf(component: string, picture: ComponentPicture): Generator<Sample> {
  const { inboxes, outboxes, drops, stats } = picture
  for (const [box, { delivered, length, capacity }] of Object.entries(inboxes)) {
    const labels = { component, box }
    yield { name: 'messages_delivered', labels, value: delivered }
    yield { name: 'inbox_length', labels, value: length }
    if (capacity !== undefined) yield { name: 'inbox_capacity', labels, value: capacity }
  }
  for (const [box, { sent, discarded }] of Object.entries(outboxes)) {
    const labels = { component, box }
    yield { name: 'messages_sent', labels, value: sent }
    yield { name: 'messages_discarded', labels, value: discarded }
  }
  for (const [reason, value] of Object.entries(drops))
    yield { name: 'messages_dropped', labels: { component, reason }, value }
  // Only peers have both.
  if (stats?.['sentBytes'] === undefined) return
  for (const direction of ['received', 'sent']) {
    const labels = { component, direction }
    yield { name: 'datagrams', labels, value: stats[direction] ?? 0 }
    yield { name: 'datagram_bytes', labels, value: stats[`${direction}Bytes`] ?? 0 }
  }
}
