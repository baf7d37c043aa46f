import type { ComponentPicture, Moment, Picture } from '../../src/protocol.js'
import { dropsOf } from './state.js'

/** The rates of a component, per second. */
export interface ComponentRates {
  /** Messages into its inboxes for data, and out of its outboxes for data to an inbox. */
  readonly in: number
  readonly out: number
  readonly dropped: number
  /** Datagrams, if it has a socket. */
  readonly received: number
  readonly sent: number
  /** By outbox. */
  readonly outboxes: Readonly<Record<string, number>>
}

export type Rates = ReadonlyMap<string, ComponentRates>

export const NO_RATES: ComponentRates = {
  in: 0,
  out: 0,
  dropped: 0,
  received: 0,
  sent: 0,
  outboxes: {},
}

/**
 * How fast everything went between two pictures; what is not read for each picture, between the two readings. What is as fast as `before` stays the very same object. A counter
 * that went back, because the program was started again, counts as standing still.
 */
export function ratesBetween(then: Picture, now: Picture, before: Rates = new Map()): Rates {
  const seconds = (now.time - then.time) / 1000
  const rates = new Map<string, ComponentRates>()
  if (!(seconds > 0)) return before
  for (const [name, component] of Object.entries(now.components)) {
    const earlier = then.components[name] // of another id: of another component, which had the name before
    const last = before.get(name)
    const readings = ((component.readAt ?? now.time) - (earlier?.readAt ?? then.time)) / 1000
    const next =
      earlier?.id !== component.id || earlier === component
        ? NO_RATES
        : componentRates(earlier, component, seconds, readings, last)
    rates.set(name, last && same(last, next) ? last : next)
  }
  return rates
}

function componentRates(
  then: ComponentPicture,
  now: ComponentPicture,
  seconds: number,
  readings: number,
  last = NO_RATES,
): ComponentRates {
  const rate = (later = 0, earlier = 0): number => Math.max(0, later - earlier) / seconds
  // Without a new reading, the rate stays.
  const readRate = (later: number, earlier: number, before: number): number =>
    readings > 0 ? Math.max(0, later - earlier) / readings : before
  const datagramRate = (way: 'received' | 'sent'): number =>
    then.datagrams ? readRate(now.datagrams?.[way] ?? 0, then.datagrams[way], last[way]) : last[way]
  let ins = 0
  for (const [box, { delivered, plumbing }] of Object.entries(now.inboxes))
    if (!plumbing) ins += rate(delivered, then.inboxes[box]?.delivered)
  const outboxes: Record<string, number> = {}
  let out = 0
  for (const [box, { sent, plumbing }] of Object.entries(now.outboxes)) {
    outboxes[box] = rate(sent, then.outboxes[box]?.sent)
    if (!plumbing) out += outboxes[box]
  }
  return {
    in: ins,
    out,
    dropped: readRate(dropsOf(now), dropsOf(then), last.dropped),
    received: datagramRate('received'),
    sent: datagramRate('sent'),
    outboxes,
  }
}

function same(a: ComponentRates, b: ComponentRates): boolean {
  return (
    a === b ||
    (a.in === b.in &&
      a.out === b.out &&
      a.dropped === b.dropped &&
      a.received === b.received &&
      a.sent === b.sent &&
      Object.entries(b.outboxes).every(([box, rate]) => (a.outboxes[box] ?? 0) === rate))
  )
}

/** All of them together: one moment of the chart. */
export function momentOf(time: number, rates: Rates): Moment {
  const moment = { time, delivered: 0, received: 0, sent: 0, dropped: 0 }
  for (const { in: delivered, received, sent, dropped } of rates.values()) {
    moment.delivered += delivered
    moment.received += received
    moment.sent += sent
    moment.dropped += dropped
  }
  return moment
}
