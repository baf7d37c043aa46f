import { get } from 'node:http'
import { answer, tell } from './words.js'

/** The options of a viewer: the ports of the pages that it reads. */
export interface ViewerOptions {
  readonly pages: readonly number[]
}

/** The job of a worker: reads pages of inspectors as a browser does; reports the number of bytes on each request. */
export async function view({ pages }: ViewerOptions): Promise<void> {
  let bytes = 0
  await Promise.all(
    pages.map(
      (port) =>
        new Promise<void>((resolve, reject) => {
          get(`http://127.0.0.1:${port}/events`, (response) => {
            response.on('data', (data: Buffer) => {
              bytes += data.length
              resolve()
            })
          }).on('error', reject)
        }),
    ),
  )
  answer({ count: () => ({ bytes }) })
  tell({})
}
