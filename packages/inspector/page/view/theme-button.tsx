import type { VNode } from 'preact'
import { Icon } from './icon.jsx'
import type { Theme } from './theme.js'

/** Changes between light and dark. */
export function ThemeButton({
  theme,
  choose,
}: {
  readonly theme: Theme
  readonly choose: (theme: Theme) => void
}): VNode {
  return (
    <button
      type="button"
      class="plain"
      aria-label="Dark colours"
      aria-pressed={theme === 'dark'}
      onClick={() => choose(theme === 'dark' ? 'light' : 'dark')}
    >
      <Icon name={theme === 'dark' ? 'sun' : 'moon'} />
    </button>
  )
}
