import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { expect, it } from 'vitest'

const docs = join(import.meta.dirname, '../../../../docs')
const wanted = Boolean(process.env['UDPNG_SCREENSHOTS'])

/** How long the system has run in the pictures: long enough to fill the chart. */
const SECONDS = 60

const desk = { viewport: { width: 1280, height: 780 }, deviceScaleFactor: 2 }
const phone = { viewport: { width: 375, height: 740 }, deviceScaleFactor: 2, hasTouch: true }

it('docs/inspector-*.png are pictures of a system that runs', { timeout: 180_000 }, async ({
  skip,
}) => {
  skip(!wanted, 'they are made with UDPNG_SCREENSHOTS=1')
  const { inspect } = await import('@udpng/inspector')
  const { launch, soon } = await import('./browser.js')
  const { buildPage } = await import('./build-page.js')
  const { demo } = await import('./demo.js')
  await buildPage()
  const system = await demo(5514)
  const inspector = await inspect(system.scheduler, { port: 0 })
  const browser = await launch()
  try {
    const history = async () => (await (await fetch(`${inspector.url}history`)).json()).length
    await expect.poll(history, { timeout: 2000 * SECONDS, interval: 1000 }).toBeGreaterThan(SECONDS)
    const shoot = async (
      name: string,
      options: BrowserContextOptions,
      prepare: (page: Page) => Promise<void>,
    ): Promise<void> => {
      const page = await browser.newPage(options)
      await page.goto(inspector.url)
      await page.locator('.plot canvas').waitFor()
      await prepare(page)
      // On a busy machine a reading may come late: then the rate of datagrams is too low for a moment.
      const totals = async () => (await page.locator('.total').allTextContents()).join(' ')
      await soon(totals).not.toMatch(/(^|\D)\d\/s/)
      const path = join(docs, `inspector-${name}.png`)
      await page.screenshot({ path, animations: 'disabled' })
      await page.close()
      await promisify(execFile)('pngquant', ['--force', '--strip', '--output', path, path])
    }
    const graph = async (page: Page): Promise<void> => {
      await page.locator('.wire-rate').nth(7).waitFor()
      await page.locator('.wire[data-drops="true"]').waitFor({ state: 'attached' })
    }
    await shoot('light', { ...desk, colorScheme: 'light' }, graph)
    await shoot('dark', { ...desk, colorScheme: 'dark' }, graph)
    await shoot('phone', { ...phone, colorScheme: 'light' }, (page) =>
      page.locator('tr').nth(5).waitFor(),
    )
  } finally {
    await browser.close()
    await inspector.close()
    await system.stop()
  }
})
