import { createRequire } from 'node:module'
import type { Impairments } from '../options/impairment.js'

/** What the Node.js programs of a command do. */
export interface Preloads {
  /** The file that gets their reports. */
  readonly report: string
  readonly transport?: string | undefined
  readonly impair?: Impairments | undefined
  /** The file that gets their datagrams. */
  readonly record?: string | undefined
  /** Where they send samples of their sockets. */
  readonly samples?: string | undefined
}

/** Returns the environment of a command: its Node.js programs load `@udpng/dgram/register` and what else is asked for. */
export function environment({
  report,
  transport,
  impair,
  record,
  samples,
}: Preloads): NodeJS.ProcessEnv {
  const { resolve } = createRequire(import.meta.url)
  // The first one is next to the wire.
  const modules = [
    '@udpng/dgram/register',
    ...(record === undefined ? [] : ['@udpng/dgram/record']),
    ...(impair ? ['@udpng/dgram/impair'] : []),
    ...(samples === undefined ? [] : ['@udpng/dgram/samples']),
  ]
  // Not --import: that does not reach worker threads that are made of text. Between quotes, a path may have blanks.
  const flags = modules.map((name) => `--require "${resolve(name).replaceAll(/[\\"]/g, '\\$&')}"`)
  return {
    ...process.env,
    NODE_OPTIONS: [process.env['NODE_OPTIONS'] ?? [], flags].flat().join(' '),
    UDPNG_REPORT: report,
    UDPNG_DGRAM: undefined, // `off` would leave nothing to report
    // Within another `udpng exec`, its settings stay.
    ...(record !== undefined && { UDPNG_RECORD: record }),
    ...(samples !== undefined && { UDPNG_SAMPLES: samples }),
    ...(transport !== undefined && { UDPNG_TRANSPORT: transport }),
    ...(impair && { UDPNG_IMPAIR: JSON.stringify(impair) }),
  }
}
