import { readFileSync } from 'node:fs'
import { openFiles, openFilesLimit } from '../open-files.js'
import { grouped } from '../options/quantities.js'

/** Number of other descriptors: those already open, if the system does not report them, and those opened while it runs. */
const OPEN_FILES = 48
/** Number of descriptors for sessions that are still ending when others start, and for files that are read. */
const SPARE_FILES = 24
/** One local port in this number is for other programs, and for sessions that are still ending. */
const SPARE_PORTS = 20

/** Maximum number of clients of a relay, each with a socket and a port of its own. */
export interface RelayCapacity {
  readonly clients: number
  /** Why there are fewer than requested, and how to raise the limit; undefined if there are not. */
  readonly why?: string
}

/**
 * Compares the requested number with the limits of the system, so that a session is evicted before a socket cannot
 * be opened.
 *
 * @throws an `Error` if there is no room for a single client
 */
export function relayCapacity(wanted: number): RelayCapacity {
  const byFiles = filesLeft()
  const byPorts = portsLeft()
  const clients = Math.min(wanted, byFiles.clients, byPorts.clients)
  if (clients === wanted) return { clients }
  const { limit, raise } = byFiles.clients < byPorts.clients ? byFiles : byPorts
  const why = `${limit}; raise the limit with ${raise(wanted)}`
  if (clients < 1) throw new Error(`cannot open a socket for a client: ${why}`)
  return {
    clients,
    why: `serving at most ${grouped(clients)} clients instead of --clients ${grouped(wanted)}: ${why}`,
  }
}

interface Room {
  readonly clients: number
  readonly limit: string
  readonly raise: (wanted: number) => string
}

function filesLeft(): Room {
  const limit = openFilesLimit() ?? Infinity
  return {
    clients: limit - (openFiles() ?? OPEN_FILES) - SPARE_FILES,
    limit: `this process may open ${grouped(limit)} files`,
    raise: (wanted) => `\`ulimit -n ${wanted + 2 * OPEN_FILES}\``,
  }
}

/** The number of ephemeral ports, ip(7); IPv6 sockets use the same range. */
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
    clients: ports === Infinity ? ports : ports - Math.ceil(ports / SPARE_PORTS),
    limit: `this system has ${grouped(ports)} local ports`,
    raise: () => '`sysctl -w net.ipv4.ip_local_port_range="1024 65535"`',
  }
}
