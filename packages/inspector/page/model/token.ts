const NAME = 'token'

/**
 * Moves the token from the address of this page into the storage of this tab, so that it is neither shown, nor kept in bookmarks and in the
 * history, nor read by a program at another port of the same host, as a cookie would be.
 */
export function hideToken(): void {
  const url = new URL(location.href)
  const token = url.searchParams.get(NAME)
  if (token === null) return
  try {
    sessionStorage.setItem(NAME, token)
  } catch {
    return // without storage it has to stay where it is
  }
  url.searchParams.delete(NAME)
  history.replaceState(history.state, '', url)
}

/** The token that this page was opened with, if any. */
export function tokenOfPage(): string | null {
  const token = new URLSearchParams(location.search).get(NAME)
  if (token !== null) return token
  try {
    return sessionStorage.getItem(NAME)
  } catch {
    return null
  }
}
