import { settlePart } from './archive.js'
import { quietly } from './errors.js'
import { ENDED, type Host, type Microprocess, NEW } from './microprocess.js'
import { mustBe } from './other-copy.js'

/** The place of a component in its scheduler: parent, name and label. */
export interface Place {
  readonly parent?: Microprocess | undefined
  /** The name that its parent gives it. */
  readonly name?: string | undefined
  /** Its label in accounts (default: its given name, otherwise its class). */
  readonly group?: string | undefined
  readonly isService?: boolean
}

/**
 * Returns why a component cannot be activated on a scheduler; undefined if it can be.
 *
 * @param process - its record, if it is a component
 */
export function objectionTo(
  component: unknown,
  process: Microprocess | undefined,
  { host, parent }: { readonly host: Host; readonly parent: Microprocess | undefined },
): string | undefined {
  if (!process) return mustBe('a component', component)
  if (process.state === ENDED) return 'it has ended; make a new one'
  if (process.host && process.host !== host) return 'it runs on another scheduler'
  if (!process.host && parent?.state === ENDED) return 'it has a parent that has ended'
  return undefined
}

/** Gives a component its place on a scheduler. */
export function admit(process: Microprocess, host: Host, { parent, name, group }: Place): void {
  process.host = host
  process.parent = parent
  process.givenName = name ?? process.givenName
  process.group = group ?? process.givenName ?? process.className
}

/** Ends a component that will never be activated, and calls its `onEnd`. Does nothing to one that was activated. */
export function discard(
  process: Microprocess,
  host: Host & { readonly root: Microprocess },
  place: Place,
): void {
  if (process.state !== NEW) return
  bury(process, host, place)
  quietly(() => process.hooks.onEnd(process.component))
  settlePart(process.parent ?? host.root, process)
}

/** Ends a component before its first step. */
export function bury(process: Microprocess, host: Host, place: Place): void {
  admit(process, host, place)
  process.state = ENDED
  process.cutBoxes()
}
