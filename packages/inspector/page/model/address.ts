/** Where a route of the inspector is, seen from this page; with the token that the page was asked for with. */
export function addressOf(
  route: string,
  parameters: Readonly<Record<string, string>> = {},
): string {
  const url = new URL(route, document.baseURI)
  const token = new URLSearchParams(location.search).get('token')
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  if (token !== null) url.searchParams.set('token', token)
  return url.href
}
