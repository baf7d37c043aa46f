/** Sorts members into parts that are linked to each other, however indirectly; in order of their first members. */
export function connected<E extends { readonly from: string; readonly to: string }>(
  members: readonly string[],
  edges: readonly E[],
): { members: string[]; edges: E[] }[] {
  const leaders = new Map(members.map((member) => [member, member]))
  const leaderOf = (member: string): string => {
    let leader = member
    for (let next = leaders.get(leader); next !== undefined && next !== leader; ) {
      leader = next
      next = leaders.get(leader)
    }
    leaders.set(member, leader)
    return leader
  }
  for (const { from, to } of edges) leaders.set(leaderOf(to), leaderOf(from))
  const parts = new Map<string, { members: string[]; edges: E[] }>()
  for (const member of members) {
    const leader = leaderOf(member)
    const part = parts.get(leader) ?? { members: [], edges: [] }
    part.members.push(member)
    parts.set(leader, part)
  }
  for (const edge of edges) parts.get(leaderOf(edge.from))?.edges.push(edge)
  return [...parts.values()]
}
