import type { Scheduler } from '@udpng/core'

/** Options of an inspector. */
export interface InspectOptions {
  /** TCP port of the page, 0-65535; 0 is any that is free (default 7090). */
  readonly port?: number
}

/** A page that shows a running system. */
export interface Inspector {
  /** Where the page is: `http://127.0.0.1:7090/`. */
  readonly url: string
  /** Closes the page and all connections to it. */
  close(): Promise<void>
}

/** Shows a scheduler and all that runs on it, as a page. */
export function inspect(_scheduler: Scheduler, _options: InspectOptions = {}): Promise<Inspector> {
  throw new Error('not yet')
}
