import type { VNode } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Known } from '../model/live-system.js'
import type { Shown } from '../model/structure.js'
import { Announcer } from './announcer.jsx'
import { ConnectionBadge } from './connection-badge.jsx'
import { Detail } from './detail.jsx'
import { Graph } from './graph.jsx'
import { SystemChart } from './system-chart.jsx'
import { Table } from './table.jsx'
import { applyTheme, initialTheme, rememberTheme } from './theme.js'
import { ThemeButton } from './theme-button.jsx'
import { Toolbar, type View } from './toolbar.jsx'
import { Totals } from './totals.jsx'

/** The page. */
export function App({ known }: { readonly known: Known }): VNode {
  const [view, setView] = useState<View>(() =>
    matchMedia('(max-width: 720px)').matches ? 'table' : 'graph',
  )
  const [theme, setTheme] = useState(initialTheme)
  const [shown, setShown] = useState<Shown>({ plumbing: false, control: false })
  const [filter, setFilter] = useState('')
  const [selected, setSelected] = useState<string>()
  const filterBox = useRef<HTMLInputElement>(null)
  const { connection, picture } = known

  useLayoutEffect(() => applyTheme(theme), [theme]) // before the charts ask for its colours
  const close = (): void => {
    setSelected(undefined)
    if (selected !== undefined) focusOn(selected)
  }
  useKeys({
    '/': () => filterBox.current?.focus(),
    Escape: () => {
      if (document.activeElement === filterBox.current) {
        setFilter('')
        filterBox.current?.blur()
      } else if (selected !== undefined) close()
    },
  })
  const wanted = filter.trim().toLowerCase()
  const common = {
    known,
    shown,
    selected,
    matches: (name: string): boolean => name.toLowerCase().includes(wanted),
    open: setSelected,
  }
  return (
    <div class="app" data-stale={connection === 'reconnecting' || connection === 'refused'}>
      <header class="header">
        <h1>
          udpng <span>inspector</span>
        </h1>
        <Totals picture={picture} rates={known.rates} />
        <ConnectionBadge connection={connection} time={picture?.time} />
        <ThemeButton
          theme={theme}
          choose={(next) => {
            setTheme(next)
            rememberTheme(next)
          }}
        />
      </header>
      <Toolbar {...{ view, setView, filter, setFilter, filterBox, shown, setShown }} />
      <main class="main" data-detail={selected !== undefined}>
        <div class="view">
          {picture === undefined ? (
            <p class="empty">
              {connection === 'refused' ? refused(known.refusal) : 'Connecting …'}
            </p>
          ) : view === 'graph' ? (
            <Graph {...common} />
          ) : (
            <Table {...common} />
          )}
          <SystemChart moments={known.moments} theme={theme} />
        </div>
        {selected !== undefined && (
          <Detail
            key={selected}
            name={selected}
            known={known}
            theme={theme}
            open={setSelected}
            close={close}
          />
        )}
      </main>
      <Announcer known={known} />
    </div>
  )
}

function refused(why: string | undefined): string {
  return `The server refuses this page: ${why}. It is asked again every 5 seconds.`
}

/** Back to where the details were opened. */
function focusOn(name: string): void {
  document.querySelector<HTMLElement>(`[data-component="${CSS.escape(name)}"]`)?.focus()
}

/** Keys that work everywhere on the page, but not while something is typed: there, only Escape does. */
function useKeys(keys: Readonly<Record<string, () => void>>): void {
  const latest = useRef(keys)
  latest.current = keys
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => {
      const typing = event.target instanceof HTMLInputElement && event.target.type === 'search'
      const action = latest.current[event.key]
      if (!action || event.ctrlKey || event.metaKey || event.altKey) return
      if (typing && event.key !== 'Escape') return
      event.preventDefault()
      action()
    }
    document.addEventListener('keydown', listener)
    return () => document.removeEventListener('keydown', listener)
  }, [])
}
