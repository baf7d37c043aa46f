import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const docs = join(import.meta.dirname, '../../../../docs')
const wanted = Boolean(process.env['UDPNG_SCREENSHOTS'])

/** How long the system has run in the pictures: long enough to fill the chart. */
const SECONDS = 60

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
    const shoot = async (colorScheme: 'light' | 'dark'): Promise<void> => {
      const page = await browser.newPage({
        viewport: { width: 1280, height: 780 },
        deviceScaleFactor: 2,
        colorScheme,
      })
      await page.goto(inspector.url)
      await page.locator('.plot canvas').waitFor()
      await page.locator('.wire-rate').nth(7).waitFor()
      await page.locator('.wire[data-drops="true"]').waitFor({ state: 'attached' })
      // On a busy machine a reading may come late: then the rate of datagrams is too low for a moment.
      const totals = async () => (await page.locator('.total').allTextContents()).join(' ')
      await soon(totals).not.toMatch(/(^|\D)\d\/s/)
      const path = join(docs, `inspector-${colorScheme}.png`)
      await page.screenshot({ path, animations: 'disabled' })
      await page.close()
      await promisify(execFile)('pngquant', ['--force', '--strip', '--output', path, path])
    }
    await shoot('light')
    await shoot('dark')
  } finally {
    await browser.close()
    await inspector.close()
    await system.stop()
  }
})
