import type { ComponentPicture, Picture } from '@udpng/inspector'
import { NO_PICTURE } from '../../page/model/no-picture.js'

/** A component that does not run. */
export function component(more: Partial<ComponentPicture> = {}): ComponentPicture {
  const inbox = { doc: 'In', length: 0, capacity: 10, delivered: 0, taken: 0, dropped: 0 }
  const outbox = { doc: 'Out', sent: 0, discarded: 0 }
  return {
    id: 0,
    group: 'Part',
    state: 'paused',
    inboxes: { inbox },
    outboxes: { outbox },
    drops: {},
    ...more,
  }
}

/** An invented picture: `Part#3` was started as the third. */
export function picture(
  parts: Picture['components'],
  links: Picture['links'] = {},
  time = 1000,
): Picture {
  const entries = Object.entries(parts).map(([name, part]) => {
    const number = Number(/#(\d+)$/.exec(name)?.[1] ?? 0)
    return [name, part.id === number ? part : { ...part, id: number }] as const
  })
  return { ...NO_PICTURE, time, components: Object.fromEntries(entries), links }
}

/** A number of chains, each of a number of components. */
export function chains(count: number, length: number): Picture {
  const components: Record<string, ComponentPicture> = {}
  const links: Record<string, string> = {}
  for (let i = 0; i < count * length; i++) {
    components[`Part#${i + 1}`] = component()
    if (i % length > 0) links[`Part#${i}.outbox`] = `Part#${i + 1}.inbox`
  }
  return picture(components, links)
}
