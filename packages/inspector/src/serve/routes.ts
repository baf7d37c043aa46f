import type { Watch } from '../observe/watch.js'
import type { Picture } from '../protocol.js'
import type { EventStream } from './event-stream.js'
import { EXPOSITION_TYPE, exposition } from './exposition.js'
import { showMessages } from './live-messages.js'
import { LivePictures } from './live-pictures.js'
import { oncePer } from './once-per.js'
import type { Page } from './page.js'

/** The parts of a request that are used. */
export interface Question {
  readonly path: string
  readonly query: URLSearchParams
  /** The ETag of the client's cached version, if any. */
  readonly etag: string | undefined
}

/** A complete response. */
export interface Content {
  readonly status?: number
  readonly type: string
  readonly body: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
}

/** A response: complete, or a stream of events. */
export type Answer = Content | { readonly stream: (events: EventStream) => void }

/** The routes of the server. */
export type Routes = (question: Question) => Answer

const NOT_BUILT =
  'The page of the inspector was not built: see /snapshot and /metrics, or build @udpng/inspector.\n'

/** Returns the routes of a watched scheduler. Every path is in a fixed table. */
export function routesOf(watch: Watch, page: Page): Routes {
  // Created once for each sample, however many clients there are.
  const pictureText = oncePer((picture: Picture) => JSON.stringify(picture))
  const metricsText = oncePer((_: Picture) => exposition(watch.samples()))
  const pictures = new LivePictures(watch, pictureText)
  const routes = new Map<string, (question: Question) => Answer>([
    ['/snapshot', () => json(pictureText(watch.now()))],
    ['/history', () => json(JSON.stringify(watch.history))],
    ['/metrics', () => ({ type: EXPOSITION_TYPE, body: metricsText(watch.now()) })],
    ['/events', () => ({ stream: (events) => pictures.add(events) })],
    ['/messages', ({ query }) => messages(watch, query.get('box') ?? '')],
  ])
  for (const [path, { type, body, etag }] of page)
    routes.set(path, (question) => {
      const caching = path === '/' ? 'no-cache' : 'public, max-age=31536000, immutable'
      const headers = { ETag: etag, 'Cache-Control': caching }
      return question.etag === etag
        ? { status: 304, type, body: '', headers }
        : { type, body, headers }
    })
  if (page.size === 0) routes.set('/', () => text(200, NOT_BUILT))
  return (question) => routes.get(question.path)?.(question) ?? text(404, 'there is nothing here\n')
}

function messages(watch: Watch, name: string): Answer {
  const box = watch.box(name)
  if (!box) return text(404, 'no component that lives has a box of this name\n')
  return {
    stream(events) {
      showMessages(box, events)
      const leave = watch.add({
        looked: () => {
          if (watch.box(name) !== box) events.end() // nothing passes there any more
        },
      })
      events.onClose(leave)
    },
  }
}

function json(body: string): Content {
  return { type: 'application/json; charset=utf-8', body }
}

/** A plain-text response. */
export function text(status: number, body: string): Content {
  return { status, type: 'text/plain; charset=utf-8', body }
}
