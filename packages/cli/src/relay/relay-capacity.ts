import { readFileSync } from 'node:fs'
import { openFiles, openFilesLimit } from '../open-files.js'
import { grouped } from '../options/quantities.js'

/** Descriptors for all else: what is open already where the system does not say, and what is opened while it runs. */
const OPEN_FILES = 48
/** Descriptors of sessions that are still ending when others begin, and of files that are read. */
const SPARE_FILES = 24
/** Local ports that other programs use, or that a session that is still ending has: one of this many. */
const SPARE_PORTS = 20

/** Maximum number of clients of a relay, each with a socket and a port of its own. */
export interface RelayCapacity {
  readonly sources: number
  /** Why these are fewer than was asked for, and how to raise the limit. */
  readonly why?: string
}

/**
 * Compares the wish with what the system gives this process, so that the oldest source makes room before a socket cannot
 * be opened.
 *
 * @throws an error when there is no room for a single source
 */
export function relayCapacity(wanted: number): RelayCapacity {
  const byFiles = filesLeft()
  const byPorts = portsLeft()
  const sources = Math.min(wanted, byFiles.sources, byPorts.sources)
  if (sources === wanted) return { sources }
  const { limit, raise } = byFiles.sources < byPorts.sources ? byFiles : byPorts
  const why = `${limit}; raise it with ${raise(wanted)}`
  if (sources < 1) throw new Error(`there is no room for the socket of a source: ${why}`)
  return {
    sources,
    why: `--sources ${grouped(wanted)} is more than there is room for: it serves ${grouped(sources)} sources at a time, because ${why}`,
  }
}

interface Room {
  readonly sources: number
  readonly limit: string
  readonly raise: (wanted: number) => string
}

function filesLeft(): Room {
  const limit = openFilesLimit() ?? Infinity
  return {
    sources: limit - (openFiles() ?? OPEN_FILES) - SPARE_FILES,
    limit: `this process may open ${grouped(limit)} files`,
    raise: (wanted) => `\`ulimit -n ${wanted + 2 * OPEN_FILES}\``,
  }
}

/** The ports that the system gives to sockets that ask for any, ip(7); IPv6 sockets have the same. */
function portsLeft(): Room {
  let ports = Infinity
  try {
    const [low, high] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'latin1')
      .trim()
      .split(/\s+/)
      .map(Number)
    ports = Number(high) - Number(low) + 1
  } catch {
    // This system does not say.
  }
  return {
    sources: ports === Infinity ? ports : ports - Math.ceil(ports / SPARE_PORTS),
    limit: `this system has ${grouped(ports)} local ports`,
    raise: () => '`sysctl -w net.ipv4.ip_local_port_range="1024 65535"`',
  }
}
