/** Where the datagrams of a client come from: an IP literal and a port. */
export type Client = readonly [host: string, port: number]

/** `192.0.2.1:5`, `[2001:db8::1]:5`. */
export function formatClient([host, port]: Client): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/**
 * The host that limits count an address for. An IPv4 address is one host, also in an IPv4-mapped IPv6 address. All
 * addresses of an IPv6 /64 network are one host: it is what one customer, or one machine, is given, and may use freely
 * (RFC 6177, RFC 8273).
 */
export function hostOf(address: string): string {
  if (!address.includes(':')) return address
  const [literal = '', scope = ''] = address.split('%')
  const groups = groupsOf(literal)
  if (isIPv4Mapped(groups))
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 0xff])
      .join('.')
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64%${scope}`
}

/** The eight groups of an IPv6 literal. */
function groupsOf(literal: string): readonly number[] {
  const hex = literal.replace(
    /(\d+)\.(\d+)\.(\d+)\.(\d+)$/,
    (_, a, b, c, d) =>
      `${((Number(a) << 8) | Number(b)).toString(16)}:${((Number(c) << 8) | Number(d)).toString(16)}`,
  )
  const [head = [], tail = []] = hex
    .split('::')
    .map((part) => (part ? part.split(':').map((group) => Number.parseInt(group, 16)) : []))
  return [...head, ...new Array(Math.max(0, 8 - head.length - tail.length)).fill(0), ...tail]
}

function isIPv4Mapped(groups: readonly number[]): boolean {
  return groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
}
