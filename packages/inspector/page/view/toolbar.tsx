import type { Ref, VNode } from 'preact'
import type { Shown } from '../model/structure.js'

export type View = 'graph' | 'table'

interface ToolbarProps {
  readonly view: View
  readonly setView: (view: View) => void
  readonly filter: string
  readonly setFilter: (filter: string) => void
  readonly filterBox: Ref<HTMLInputElement>
  readonly shown: Shown
  readonly setShown: (shown: Shown) => void
}

/** The options of the view. */
export function Toolbar(props: ToolbarProps): VNode {
  const { view, setView, filter, setFilter, filterBox, shown, setShown } = props
  return (
    <div class="toolbar">
      <fieldset class="switch">
        <legend class="unseen">View</legend>
        {(['graph', 'table'] as const).map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={view === name}
            onClick={() => setView(name)}
          >
            {name === 'graph' ? 'Graph' : 'Table'}
          </button>
        ))}
      </fieldset>
      <label class="filter">
        <span class="unseen">Filter components by name</span>
        <input
          ref={filterBox}
          type="search"
          placeholder="Filter"
          value={filter}
          aria-keyshortcuts="/"
          onInput={({ currentTarget }) => setFilter(currentTarget.value)}
        />
        <span class="key" aria-hidden="true">
          /
        </span>
      </label>
      <div class="choices">
        <Choice
          text="Control links"
          on={shown.control}
          set={(control) => setShown({ ...shown, control })}
        />
        <Choice
          text="Plumbing"
          on={shown.plumbing}
          set={(plumbing) => setShown({ ...shown, plumbing })}
        />
      </div>
    </div>
  )
}

function Choice({
  text,
  on,
  set,
}: {
  readonly text: string
  readonly on: boolean
  readonly set: (on: boolean) => void
}): VNode {
  return (
    <label class="choice">
      <input
        type="checkbox"
        checked={on}
        onChange={({ currentTarget }) => set(currentTarget.checked)}
      />
      {text}
    </label>
  )
}
