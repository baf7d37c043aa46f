import type { ComponentChildren, VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { ComponentPicture } from '../../src/protocol.js'
import type { Known } from '../model/live-system.js'
import { isOver } from '../model/state.js'
import { BoxItem } from './box-item.jsx'
import { ComponentChart } from './component-chart.jsx'
import { ComponentName } from './component-name.jsx'
import { dropsList } from './drops-text.js'
import { errorText } from './error-text.js'
import { timeOfDay, whole } from './format.js'
import { Icon } from './icon.jsx'
import { StateMark } from './state-mark.jsx'
import type { Theme } from './theme.js'

interface DetailProps {
  readonly name: string
  readonly known: Known
  readonly theme: Theme
  readonly open: (name: string) => void
  readonly close: () => void
}

/** All that is known of one component. */
export function Detail({ name, known, theme, open, close }: DetailProps): VNode {
  const [watched, setWatched] = useState<string>()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  const component = known.picture?.components[name]
  const links = known.picture?.links ?? {}
  const boxes = component && [
    ...Object.entries(component.inboxes).map(([field, inbox]) => ({ field, inbox })),
    ...Object.entries(component.outboxes).map(([field, outbox]) => ({ field, outbox })),
  ]
  const targets = new Set(Object.values(links))
  const rank = (field: string): number =>
    isCommon(field)
      ? 2
      : isMain(field) || links[`${name}.${field}`] || targets.has(`${name}.${field}`)
        ? 0
        : 1
  boxes?.sort((a, b) => rank(a.field) - rank(b.field))
  return (
    <aside class="detail" aria-labelledby="detail-name">
      <header class="detail-head">
        {component && <StateMark state={component.state} />}
        <h2 id="detail-name" ref={heading} tabIndex={-1}>
          <ComponentName name={name} />
        </h2>
        <button type="button" class="plain" aria-label="Close" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      {!component && <p class="empty">It is gone.</p>}
      {component && (
        <div class="detail-body">
          <dl class="facts">
            <Fact name="State">{component.state}</Fact>
            {component.address !== undefined && (
              <Fact name="Address">
                <code>{component.address}</code>
              </Fact>
            )}
            {component.parent !== undefined && (
              <Fact name="Part of">
                <button type="button" class="link" onClick={() => open(component.parent ?? name)}>
                  {component.parent}
                </button>
              </Fact>
            )}
          </dl>
          {component.error && (
            <div class="error" data-kind={component.state === 'failed' ? 'bad' : 'warning'}>
              <b>{component.error.code}</b>
              <span>
                {component.state === 'failed' ? 'failed at ' : 'reported at '}
                {timeOfDay(component.error.time)}
              </span>
              <p>{errorText(component.error, name)}</p>
            </div>
          )}
          <Numbers title="Dropped" kind="bad" numbers={dropsList(component)} />
          <Numbers title="Not certain" numbers={uncertain(component)} />
          <ComponentChart series={known.series.of(name)} theme={theme} />
          <h3>Boxes</h3>
          <ul class="boxes">
            {boxes?.map((box) => {
              const id = `${name}.${box.field}`
              return (
                <BoxItem
                  key={id}
                  {...box}
                  id={id}
                  target={links[id]}
                  over={isOver(component)}
                  watched={watched === id}
                  watch={(on) => setWatched(on ? id : undefined)}
                />
              )
            })}
          </ul>
          <Numbers
            title="Counted by itself"
            numbers={Object.entries(component.stats ?? {}).map(([name, value]) => [
              name,
              whole(value),
            ])}
          />
        </div>
      )}
    </aside>
  )
}

/** The figures of an account other than drops. */
function uncertain({ unaccounted, refused }: ComponentPicture): [name: string, value: string][] {
  return [
    ...(unaccounted ? [['unaccounted', whole(unaccounted)] as [string, string]] : []),
    ...(refused ? [['reported undeliverable, at least', whole(refused)] as [string, string]] : []),
  ]
}

function isMain(field: string): boolean {
  return field === 'inbox' || field === 'outbox'
}

/** Every component has these two, so they come last. */
function isCommon(field: string): boolean {
  return field === 'control' || field === 'signal'
}

function Fact({
  name,
  children,
}: {
  readonly name: string
  readonly children: ComponentChildren
}): VNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

interface NumbersProps {
  readonly title: string
  readonly kind?: 'bad'
  readonly numbers: readonly (readonly [name: string, value: string])[]
}

function Numbers({ title, kind, numbers }: NumbersProps): VNode | null {
  if (numbers.length === 0) return null
  return (
    <>
      <h3>{title}</h3>
      <dl class="numbers" data-kind={kind}>
        {numbers.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}
