import type { ComponentPicture } from '../protocol.js'

/** One number, for metrics. */
export interface Sample {
  /** Without a prefix: `messages_delivered`. */
  readonly name: MetricName
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** A counter only grows; a gauge is a current value. */
export interface Metric {
  readonly kind: 'counter' | 'gauge'
  /** The unit in UCUM notation. */
  readonly unit: string
  readonly help: string
}

export type MetricName =
  | 'messages_delivered'
  | 'messages_sent'
  | 'messages_discarded'
  | 'messages_dropped'
  | 'messages_unaccounted'
  | 'kernel_drops_at_least'
  | 'kernel_drops_about'
  | 'kernel_drops_at_most'
  | 'inbox_length'
  | 'inbox_capacity'
  | 'datagrams'
  | 'datagram_bytes'
  | 'datagrams_refused'
  | 'stat'
  | 'components'

/** Every metric there is. */
export function metrics(): Readonly<Record<MetricName, Metric>> {
  return {
    messages_delivered: counter('Messages delivered into an inbox', '{message}'),
    messages_sent: counter('Messages that left an outbox', '{message}'),
    messages_discarded: counter('Messages sent while nothing was linked', '{message}'),
    messages_dropped: counter(
      'Messages dropped, by reason, without those of the kernel',
      '{message}',
    ),
    messages_unaccounted: gauge('Messages taken, and neither passed on nor counted', '{message}'),
    kernel_drops_at_least: counter('Datagrams dropped by the kernel, lower bound', '{datagram}'),
    kernel_drops_about: counter('Datagrams dropped by the kernel, best estimate', '{datagram}'),
    kernel_drops_at_most: counter('Datagrams dropped by the kernel, upper bound', '{datagram}'),
    inbox_length: gauge('Messages that wait in an inbox', '{message}'),
    inbox_capacity: gauge('Messages with which an inbox is full', '{message}'),
    datagrams: counter('Datagrams of peers', '{datagram}'),
    datagram_bytes: counter('Payload bytes of the datagrams of peers', 'By'),
    datagrams_refused: counter('Datagrams reported undeliverable, lower bound', '{datagram}'),
    stat: gauge('Numbers that components count by themselves', '1'),
    components: gauge('Components that are shown, by state', '{component}'),
  }
}

function counter(help: string, unit: string): Metric {
  return { kind: 'counter', help, unit }
}

function gauge(help: string, unit: string): Metric {
  return { kind: 'gauge', help, unit }
}

/** Maximum number of components with a label of their own. */
const MAX_NAMED = 100

/**
 * Collects the numbers of all components for metrics. The first hundred components have their name as label; the numbers of later ones
 * are added up by group, so that the number of labels is bounded. Counters include components that have ended.
 */
export class Ledger {
  readonly #named = new Set<string>()
  readonly #past = new Map<string, Sample>()

  /** Adds a component. */
  welcome(name: string): void {
    if (this.#named.size < MAX_NAMED) this.#named.add(name)
  }

  /** Keeps the final counts of an ended component. */
  retire(name: string, picture: ComponentPicture): void {
    const all = metrics()
    for (const sample of samplesOf(this.#label(name, picture), picture))
      if (all[sample.name].kind === 'counter' || sample.name === 'messages_unaccounted')
        add(this.#past, sample)
  }

  /** Returns all numbers, of living and ended components. */
  samples(living: Iterable<readonly [name: string, picture: ComponentPicture]>): Iterable<Sample> {
    const sums = new Map(this.#past)
    for (const [name, picture] of living) {
      for (const sample of samplesOf(this.#label(name, picture), picture)) add(sums, sample)
      add(sums, { name: 'components', labels: { state: picture.state }, value: 1 })
    }
    return sums.values()
  }

  #label(name: string, { group }: ComponentPicture): string {
    return this.#named.has(name) ? name : group
  }
}

function add(sums: Map<string, Sample>, sample: Sample): void {
  const { name, labels, value } = sample
  const key = [name, ...Object.values(labels)].join('\n')
  sums.set(key, { name, labels, value: value + (sums.get(key)?.value ?? 0) })
}

function* samplesOf(component: string, picture: ComponentPicture): Generator<Sample> {
  const { inboxes, outboxes, drops, stats, datagrams } = picture
  const { kernelDrops, refused, unaccounted } = picture
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
  const labels = { component }
  if (unaccounted !== undefined) yield { name: 'messages_unaccounted', labels, value: unaccounted }
  if (refused !== undefined) yield { name: 'datagrams_refused', labels, value: refused }
  if (kernelDrops) {
    yield { name: 'kernel_drops_at_least', labels, value: kernelDrops.atLeast }
    yield { name: 'kernel_drops_about', labels, value: kernelDrops.about }
    yield { name: 'kernel_drops_at_most', labels, value: kernelDrops.atMost }
  }
  for (const [stat, value] of Object.entries(stats ?? {}))
    yield { name: 'stat', labels: { component, stat }, value }
  if (!datagrams) return
  for (const direction of ['received', 'sent'] as const) {
    const labels = { component, direction }
    yield { name: 'datagrams', labels, value: datagrams[direction] }
    yield { name: 'datagram_bytes', labels, value: stats?.[`${direction}Bytes`] ?? 0 }
  }
}
