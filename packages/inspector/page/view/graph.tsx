import type { VNode } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Box } from '../layout/geometry.js'
import { type Layout, Layouter } from '../layout/layout.js'
import { type Direction, nearest } from '../layout/nearest.js'
import type { Known } from '../model/live-system.js'
import { NO_PICTURE } from '../model/no-picture.js'
import { NO_RATES } from '../model/rates.js'
import { type Shown, type Structure, structureOf } from '../model/structure.js'
import { isCut, wiresOf } from '../model/wires.js'
import { Card } from './card.jsx'
import { Frame } from './frame.jsx'
import { Icon } from './icon.jsx'
import { Viewport } from './viewport.js'
import { WirePath } from './wire-path.jsx'

/** With more wires than these none is animated: all of them together would keep a processor busy. */
const MAX_ANIMATED = 80
const TITLE_SIZE = { width: 180, height: 28 }

interface GraphProps {
  readonly known: Known
  readonly shown: Shown
  readonly selected: string | undefined
  /** Whether the filter asks for a component. */
  readonly matches: (name: string) => boolean
  readonly open: (name: string) => void
}

/** The system as a graph: components, and what flows between them. */
export function Graph({ known, shown, selected, matches, open }: GraphProps): VNode {
  const window = useRef<HTMLElement>(null)
  const canvas = useRef<HTMLDivElement>(null)
  const viewport = useRef<Viewport>(undefined)
  const [current, setCurrent] = useState<string>()
  const { structure, layout } = useLayout(known, shown)
  const places = useMemo(() => placesOf(layout), [layout])
  const reachable = current !== undefined && places.has(current) ? current : firstOf(places)

  useLayoutEffect(() => {
    if (!window.current || !canvas.current) return
    const view = new Viewport(window.current, canvas.current)
    viewport.current = view
    return () => view.close()
  }, [])
  useLayoutEffect(() => viewport.current?.resize(layout.size), [layout])

  const focus = (name: string): void => {
    setCurrent(name)
    canvas.current
      ?.querySelector<HTMLElement>(
        `.card[data-component="${CSS.escape(name)}"], .frame-title[data-component="${CSS.escape(name)}"]`,
      )
      ?.focus({ preventScroll: true })
  }
  useListeners(window, {
    click(event) {
      const name = componentAt(event)
      if (name !== undefined) open(name)
    },
    focusin(event) {
      const name = componentAt(event)
      const box = name === undefined ? undefined : places.get(name)
      if (name === undefined || !box) return
      setCurrent(name)
      if (event.target instanceof Element && event.target.matches(':focus-visible'))
        viewport.current?.reveal(box)
    },
    keydown(event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      if (event.key === '+' || event.key === '=') viewport.current?.zoom(1.25)
      else if (event.key === '-') viewport.current?.zoom(0.8)
      else if (event.key === '0') viewport.current?.fit()
      else if (event.key.startsWith('Arrow')) {
        const from = componentAt(event)
        const next = from && nearest(from, event.key as Direction, places)
        if (next) focus(next)
      } else return
      event.preventDefault()
    },
  })

  const components = known.picture?.components ?? {}
  return (
    <section
      class="graph"
      ref={window}
      aria-label="Graph of components: arrow keys move, Enter opens, plus and minus zoom, zero shows all"
    >
      <div class="canvas" ref={canvas} data-animated={structure.wires.length <= MAX_ANIMATED}>
        {[...layout.frames].map(([name, box]) => {
          const component = components[name]
          return (
            component && (
              <Frame
                key={name}
                name={name}
                component={component}
                box={box}
                selected={name === selected}
                reachable={name === reachable && !layout.cards.has(name)}
              />
            )
          )
        })}
        <svg class="wires" aria-hidden="true">
          {structure.wires.map((wire) => {
            const route = layout.routes.get(wire.id)
            const { from, to } = wire
            return (
              route && (
                <WirePath
                  key={wire.id}
                  route={route}
                  rate={known.rates.get(from.component)?.outboxes[from.box] ?? 0}
                  control={wire.control}
                  cut={isCut(wire, components)}
                  drops={
                    (components[to.component]?.inboxes[to.box]?.dropped ?? 0) > 0 &&
                    (known.rates.get(to.component)?.dropped ?? 0) > 0
                  }
                  dimmed={!matches(from.component) && !matches(to.component)}
                />
              )
            )
          })}
        </svg>
        {[...layout.cards].map(([name, box]) => {
          const component = components[name]
          const shape = structure.cards.get(name)
          return (
            component &&
            shape && (
              <Card
                key={name}
                name={name}
                component={component}
                rates={known.rates.get(name) ?? NO_RATES}
                shape={shape}
                box={box}
                selected={name === selected}
                dimmed={!matches(name)}
                reachable={name === reachable}
              />
            )
          )
        })}
      </div>
      <fieldset class="zoom">
        <legend class="unseen">Zoom</legend>
        <button type="button" aria-label="Zoom in" onClick={() => viewport.current?.zoom(1.25)}>
          <Icon name="plus" />
        </button>
        <button type="button" aria-label="Zoom out" onClick={() => viewport.current?.zoom(0.8)}>
          <Icon name="minus" />
        </button>
        <button type="button" aria-label="Show all" onClick={() => viewport.current?.fit()}>
          <Icon name="fit" />
        </button>
      </fieldset>
    </section>
  )
}

/** The structure and its layout: computed anew only when the structure changes, not when numbers do. */
function useLayout(known: Known, shown: Shown): { structure: Structure; layout: Layout } {
  const layouter = useRef<Layouter>(undefined)
  layouter.current ??= new Layouter()
  const kept = useRef<Structure>(undefined)
  const picture = known.picture ?? NO_PICTURE
  const next = structureOf(picture, wiresOf(picture), shown)
  if (kept.current?.key !== next.key) kept.current = next
  const structure = kept.current
  const layout = useMemo(() => layouter.current?.layout(structure) as Layout, [structure])
  // For the browser's developer tools.
  useEffect(() => void performance.mark('udpng layout'), [layout])
  return { structure, layout }
}

/** Targets of the arrow keys: cards, and the titles of frames without cards. */
function placesOf({ cards, frames }: Layout): Map<string, Box> {
  const titles = [...frames].filter(([name]) => !cards.has(name))
  return new Map([
    ...titles.map(([name, { x, y }]): [string, Box] => [name, { x, y, ...TITLE_SIZE }]),
    ...cards,
  ])
}

function firstOf(places: ReadonlyMap<string, Box>): string | undefined {
  return places.keys().next().value
}

function componentAt({ target }: Event): string | undefined {
  const element = target instanceof Element ? target.closest('[data-component]') : null
  return (element as HTMLElement | null)?.dataset['component']
}

type Listeners = {
  readonly [K in 'click' | 'focusin' | 'keydown']: (event: HTMLElementEventMap[K]) => void
}

/** One listener for all that is inside, instead of one for each card. */
function useListeners(
  element: { readonly current: HTMLElement | null },
  listeners: Listeners,
): void {
  const latest = useRef(listeners)
  latest.current = listeners
  useEffect(() => {
    const stop = new AbortController()
    for (const type of Object.keys(listeners) as (keyof Listeners)[])
      element.current?.addEventListener(
        type,
        (event) => (latest.current[type] as (event: Event) => void)(event),
        { signal: stop.signal },
      )
    return () => stop.abort()
  }, [])
}
