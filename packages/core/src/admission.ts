import { settlePart } from './archive.js'
import { quietly } from './errors.js'
import { ENDED, type Host, type Microprocess, NEW } from './microprocess.js'
import { mustBe } from './other-copy.js'

/** Where a component stands in its scheduler. */
export interface Place {
  readonly parent?: Microprocess | undefined
  /** What its parent calls it. */
  readonly name?: string | undefined
  /** What accounts call it (default: its name, or else its class). */
  readonly group?: string | undefined
  readonly isService?: boolean
}

/**
 * Why a component cannot be activated on a scheduler; undefined when it can be.
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

/** Puts a component into its place on a scheduler. */
export function admit(process: Microprocess, host: Host, { parent, name, group }: Place): void {
  process.host = host
  process.parent = parent
  process.givenName = name ?? process.givenName
  process.group = group ?? process.givenName ?? process.className
}

/** Ends a component that was not activated and never will be, with its `onEnd`; others it leaves alone. */
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

/** Ends what has not begun. */
export function bury(process: Microprocess, host: Host, place: Place): void {
  admit(process, host, place)
  process.state = ENDED
  process.cutBoxes()
}
