/**
 * The hosts that a rate limit takes for one client: an IPv4 address, and of IPv6 a /64 network. That is what one customer, or
 * one machine, is given, and may use freely (RFC 6177, RFC 8273).
 *
 * @param host - an IP literal without a zone, IPv4 in IPv6 as IPv4
 */
export function networkOf(host: string): string {
  if (!host.includes(':')) return host
  const [head = '', tail] = host.split('::')
  const before = groupsOf(head)
  const after = tail === undefined ? [] : groupsOf(tail)
  // The last 32 bits may be written as an IPv4 address.
  const count = before.length + after.length + (host.includes('.') ? 1 : 0)
  const all = [...before, ...Array<string>(Math.max(0, 8 - count)).fill('0'), ...after]
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':')
}
