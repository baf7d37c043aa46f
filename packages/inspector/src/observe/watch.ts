import { type Component, type Inbox, Outbox, type Scheduler, UdpngError } from '@udpng/core'
import { boxesOf, componentsOf, tap } from '@udpng/core/inspection'
import type { ComponentPicture, ErrorPicture, Moment, Picture } from '../protocol.js'
import { attempt } from './attempt.js'
import { pictureOf } from './component-picture.js'
import { Estimate } from './estimate.js'
import { Graveyard } from './graveyard.js'
import { History } from './history.js'
import { Ledger, type Sample } from './ledger.js'
import { linksOf } from './links-of.js'
import { readElsewhere } from './read-elsewhere.js'
import { Readings } from './readings.js'
import { SystemAccount } from './system-account.js'
import { addTo, noTotals, passedOf, type Totals } from './totals.js'

/** Maximum number of components shown; only the number of the others is known. */
const MAX_SHOWN = 500
/** Sampling interval while a page is open, and otherwise, milliseconds. */
const WATCHED_MS = 500
const UNWATCHED_MS = 1000
/** Minimum pause after a sample, as a multiple of its duration: at most 2 % of a processor. */
const REST = 50
/** Delay of a sample after an activation, and maximum age of a requested picture, milliseconds. */
const SOON_MS = 50
/** Maximum number of characters shown of an error's message. */
const MAX_MESSAGE = 1000

/** A component that is shown. */
interface Shown {
  readonly component: Component
  error: ErrorPicture | undefined
  hasFailed: boolean
  readonly received: Estimate
  readonly sent: Estimate
  /** Number of messages through its boxes, in and out, at the last sample. */
  passed: number
  /** Ends the tap of its `errors`. */
  readonly leave: (() => void) | undefined
}

/** Called after each sample, on each failure, and when the run is over. */
export interface Watcher {
  /** Whether to sample more often. */
  readonly keen?: boolean
  looked?(now: Picture, before: Picture): void
  /** The rates of the last second or so. */
  passed?(moment: Moment): void
  failed?(component: string, error: UdpngError): void
}

/**
 * Samples a scheduler at an interval, and keeps the current picture, the failed components and the last minutes.
 * It changes nothing there, and does not keep the process alive.
 */
export class Watch {
  readonly #scheduler: Scheduler
  readonly #shown = new Map<string, Shown>()
  readonly #known = new WeakSet<Component>()
  readonly #readings = new Readings()
  readonly #gone = new Graveyard()
  readonly #ledger = new Ledger()
  readonly #account: SystemAccount
  readonly #dropped = new Estimate()
  readonly #history: History
  readonly #watchers = new Set<Watcher>()
  readonly #stopObserving: () => void
  /** Totals of components that have ended. */
  readonly #past = noTotals()
  #picture: Picture
  #timer: NodeJS.Timeout | undefined
  #due = Infinity
  /** Time of the last sample; there is none before `rested`. */
  #looked = 0
  #rested = 0

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
    this.#stopObserving = scheduler.observe((event) => {
      if (event.kind === 'activated') this.#lookIn(SOON_MS)
      else if (event.kind === 'failed') this.#failed(event.component, event.error)
      else this.#ended(event.component)
    })
    this.#account = new SystemAccount(scheduler)
    this.#picture = this.#take()
    this.#history = new History(this.#totals(), this.#picture.time)
    this.#lookIn(UNWATCHED_MS)
  }

  /** The picture of the last sample. */
  get picture(): Picture {
    return this.#picture
  }

  /** The current picture: samples, unless the last sample is recent. */
  now(): Picture {
    const now = performance.now()
    if (this.#due > -Infinity && now >= Math.max(this.#rested, this.#looked + SOON_MS)) this.#look()
    return this.#picture
  }

  /** The last minutes, the oldest first. */
  get history(): readonly Moment[] {
    return this.#history.moments
  }

  /** All numbers, for metrics, as they were when it last looked. */
  samples(): Iterable<Sample> {
    const { components } = this.#picture
    const living = [...this.#shown.keys()].map((name) => [name, components[name]] as const)
    return this.#ledger.samples(
      living.filter((entry): entry is [string, ComponentPicture] => entry[1] !== undefined),
    )
  }

  /** The box of this name, such as `PARSE.inbox`, of a component that is shown and lives. */
  box(name: string): Inbox<unknown> | Outbox<unknown> | undefined {
    const dot = name.lastIndexOf('.')
    const shown = this.#shown.get(name.slice(0, Math.max(0, dot)))
    return shown && attempt(() => boxesOf(shown.component))?.get(name.slice(dot + 1))
  }

  /**
   * Notifies `watcher` from now on.
   *
   * @returns removes it
   */
  add(watcher: Watcher): () => void {
    this.#watchers.add(watcher)
    this.#lookIn(this.#pace)
    return () => void this.#watchers.delete(watcher)
  }

  /** Stops sampling, and removes its listeners. */
  close(): void {
    this.#due = -Infinity
    clearTimeout(this.#timer)
    this.#stopObserving()
    for (const { leave } of this.#shown.values()) leave?.()
    this.#watchers.clear()
  }

  get #pace(): number {
    for (const { keen } of this.#watchers) if (keen) return WATCHED_MS
    return UNWATCHED_MS
  }

  #look(): void {
    const began = performance.now()
    const before = this.#picture
    this.#picture = this.#take()
    const moment = this.#history.add(this.#totals(), this.#picture.time)
    for (const watcher of [...this.#watchers]) {
      watcher.looked?.(this.#picture, before)
      if (moment) watcher.passed?.(moment)
    }
    const ended = performance.now()
    this.#looked = ended
    this.#rested = ended + REST * (ended - began)
    this.#lookIn(this.#pace)
  }

  /** Schedules the next sample, unless one is due sooner. */
  #lookIn(ms: number): void {
    const now = performance.now()
    const due = Math.max(now + ms, this.#rested)
    if (due >= this.#due) return
    this.#due = due
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#due = Infinity
      this.#look()
    }, due - now).unref()
  }

  #take(): Picture {
    const living = componentsOf(this.#scheduler)
    const time = Date.now()
    this.#readings.begin(time)
    for (const component of living) {
      if (this.#shown.size >= MAX_SHOWN) break
      if (!this.#known.has(component)) this.#show(component)
    }
    const components: Record<string, ComponentPicture> = {}
    const links: Record<string, string> = {}
    for (const [name, departed] of this.#gone) {
      components[name] = departed.picture
      for (const [from, to] of departed.links) links[from] = to
    }
    for (const [name, { component, hasFailed, error }] of this.#shown) {
      const read = (passed: number) => this.#readings.of(component, passed)
      components[name] = pictureOf(component, { hasFailed, error, read, time })
      for (const [from, to] of linksOf(component)) links[from] = to
    }
    // A link is shown when both its ends are.
    for (const [from, to] of Object.entries(links))
      if (!components[ownerOf(from)] || !components[ownerOf(to)]) delete links[from]
    const more = living.length - this.#shown.size
    return { time, components, links, more, account: this.#account.at(time) }
  }

  #show(component: Component): void {
    this.#known.add(component)
    const errors = attempt(() => boxesOf(component))?.get('errors')
    const shown: Shown = {
      component,
      error: undefined,
      hasFailed: false,
      received: new Estimate(),
      sent: new Estimate(),
      passed: 0,
      leave:
        errors instanceof Outbox
          ? tap(errors, (error) => {
              if (error instanceof UdpngError) shown.error = errorPicture(error)
            })
          : undefined,
    }
    this.#shown.set(component.name, shown)
    this.#gone.forget(component.name)
    this.#ledger.welcome(component.name)
  }

  #failed(name: string, error: UdpngError): void {
    const shown = this.#shown.get(name)
    if (shown) {
      shown.hasFailed = true
      shown.error = errorPicture(error)
    } else {
      // It came and went between two looks.
      const picture = {
        id: 0,
        group: name,
        inboxes: {},
        outboxes: {},
        drops: {},
        error: errorPicture(error),
      }
      this.#gone.add(name, { picture: { state: 'failed', ...picture }, links: [] })
    }
    for (const watcher of this.#watchers) watcher.failed?.(name, error)
    this.#lookIn(0)
  }

  #ended(name: string): void {
    const shown = this.#shown.get(name)
    if (shown) {
      const { component, hasFailed, error } = shown
      const read = (passed: number) => this.#readings.read(component, passed)
      const picture = pictureOf(component, { hasFailed, error, read, time: 0 })
      this.#readings.forget(component)
      const links = Object.entries(this.#picture.links).filter((link) =>
        link.some((box) => ownerOf(box) === name),
      )
      this.#gone.add(name, { picture, links })
      addTo(this.#past, picture)
      this.#ledger.retire(name, picture)
      shown.leave?.()
      this.#shown.delete(name)
    }
    this.#lookIn(SOON_MS)
  }

  #totals(): Totals {
    const totals = { ...this.#past }
    const { time, components, account } = this.#picture
    for (const [name, shown] of this.#shown) {
      const picture = components[name]
      if (!picture) continue
      const counted = noTotals()
      addTo(counted, picture)
      const { readAt = time } = picture
      const passed = passedOf(picture)
      // What passes no box is neither received nor sent, except elsewhere.
      const isStill = passed === shown.passed && readElsewhere(shown.component) === undefined
      shown.passed = passed
      totals.delivered += counted.delivered
      totals.received += shown.received.at(time, counted.received, readAt, isStill)
      totals.sent += shown.sent.at(time, counted.sent, readAt, isStill)
    }
    const { dropped, kernelDrops, readAt = time } = account
    const lost = Object.values(dropped).reduce((all, count) => all + count, 0)
    totals.dropped = this.#dropped.at(time, lost + (kernelDrops?.about ?? 0), readAt, false)
    return totals
  }
}

/** The component in the name of a box. */
const ownerOf = (box: string): string => box.slice(0, box.lastIndexOf('.'))

const errorPicture = ({ code, message }: UdpngError): ErrorPicture => ({
  time: Date.now(),
  code,
  message: message.slice(0, MAX_MESSAGE),
})
