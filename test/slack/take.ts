import { type Browser, chromium } from 'playwright-core'

const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run', '--disable-gpu']

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', ...quiet] })

interface Size {
  width?: number
  height?: number
  scale?: number
}

/** A page as a PNG, as high as it is, or as high as told. Sizes in pixels of the page, `scale` times as many in the picture. */
export async function picture(browser: Browser, file: string, html: string, size: Size = {}): Promise<void> {
  const { width = 760, height, scale = 2 } = size
  const page = await browser.newPage({ viewport: { width, height: height ?? 400 }, deviceScaleFactor: scale })
  await page.setContent(html)
  await page.screenshot({ path: file, fullPage: height === undefined })
  await page.close()
}
