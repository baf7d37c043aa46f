import { tokenOfPage } from './token.js'

/** The server answered, and not with what was asked for. */
export class Refused extends Error {}

/**
 * Asks a route of the inspector, with the token of this page.
 *
 * @throws rejects with `Refused`, which has the server's reason, or with the browser's error when there is no answer
 */
export async function ask(
  route: string,
  parameters: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<Response> {
  const url = new URL(route, document.baseURI)
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  const token = tokenOfPage()
  const headers: HeadersInit = token === null ? {} : { Authorization: `Bearer ${token}` }
  const response = await fetch(url, { headers, cache: 'no-store', ...(signal && { signal }) })
  if (!response.ok) throw new Refused((await response.text()).trim() || String(response.status))
  return response
}
