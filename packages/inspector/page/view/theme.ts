const KEY = 'udpng-inspector-theme'

export type Theme = 'light' | 'dark'

/** The theme that was chosen here before, else that of the system. */
export function initialTheme(): Theme {
  const chosen = remembered()
  if (chosen === 'light' || chosen === 'dark') return chosen
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

/** Shows a theme. */
export function applyTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme
}

/** Remembers a theme for the next visit, if the browser lets it. */
export function rememberTheme(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme)
  } catch {
    // Then it is chosen for this visit.
  }
}

function remembered(): string | null {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
}
