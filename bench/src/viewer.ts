import { get } from 'node:http'
import { answer, tell } from './words.js'

/** What a viewer is told: the ports of the pages that it looks at. */
export interface ViewerOptions {
  readonly pages: readonly number[]
}

/** The job of a worker: looks at pages of inspectors as a browser does, and reads all that they tell; tells how much whenever it is asked. */
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
