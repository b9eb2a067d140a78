import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Run } from '../core/runs/run.ts'
import { conduct, openStage, type Stage } from '../test/board-stage.ts'

/** The board in a real browser, over the real API and a real journal: what is written there is what the reader must see. */

const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path))
const browserArgs = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run']
const quietArgs = ['--disable-background-networking', '--disable-component-update', '--disable-sync']
if (!browserPath) console.log('The board is not tested in a browser: no Chromium at /usr/bin/chromium (Debian: apt-get install chromium).')

const scriptLimitBytes = 60 * 1024
const seen = { timeout: 8_000, interval: 25 }

describe.runIf(browserPath)('the board in Chromium', () => {
  let browser: Browser
  let board: string
  let stage: Stage
  const trouble: string[] = []
  const closing: (() => Promise<unknown>)[] = []

  beforeAll(async () => {
    board = await mkdtemp(join(tmpdir(), 'jidoka-console-'))
    const configFile = fileURLToPath(new URL('vite.config.ts', import.meta.url))
    await build({ configFile, logLevel: 'silent', build: { outDir: board, emptyOutDir: true } })
    browser = await chromium.launch({ executablePath: browserPath, args: [...browserArgs, ...quietArgs] })
  })

  afterAll(async () => {
    await browser?.close()
    await rm(board, { recursive: true, force: true })
  })

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
    expect(trouble.splice(0), 'console errors and requests to elsewhere').toEqual([])
  })

  /** A page on a fresh stage. `expected`: console errors that belong to what is tested. */
  async function open(options: BrowserContextOptions & { expected?: RegExp; path?: (stage: Stage) => string } = {}): Promise<Page> {
    const { expected, path, ...look } = options
    stage = await openStage(board)
    await stage.journal.adoptRole({ component: 'polaris', active: 'polaris-1', generation: 7 })
    closing.push(stage.close)
    const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce', ...look })
    closing.push(() => context.close())
    const page = await context.newPage()
    page.setDefaultTimeout(seen.timeout)
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()) && !expected?.test(message.text())) trouble.push(message.text())
    })
    page.on('pageerror', (error) => trouble.push(String(error)))
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== new URL(stage.url).origin) trouble.push(`asked elsewhere: ${request.url()}`)
    })
    await page.goto(path ? path(stage) : stage.link)
    return page
  }

  const headline = (page: Page) => expect.poll(() => page.locator('h1').innerText(), seen)
  const text = (page: Page, selector: string) =>
    expect.poll(
      () =>
        page
          .locator(selector)
          .allInnerTexts()
          .then((all) => all.join('\n')),
      seen,
    )
  const dialog = (page: Page) => expect.poll(() => page.locator('dialog[open]').count(), seen)
  /** What is at the keyboard's finger. */
  const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? '')

  async function escalated(page: Page) {
    const incident = await stage.alert('polaris', 'polaris-1', 'polaris-1 ended: signal SIGKILL')
    stage.status.set('polaris-1', { status: 'fail', role: 'unknown', generation: null, summary: 'refused the connection' })
    const restart = await stage.begin(incident, 'restart-process')
    await restart.begins(0)
    await restart.ended(0, 'failed', { error: 'polaris-1 could not be started: no such file' })
    await restart.finish({ status: 'failed', reason: '"restart polaris-1" failed: polaris-1 could not be started: no such file' })
    const refusals = [
      { runbook: 'failover-active-standby', code: 'standby-healthy', reason: 'no healthy standby: polaris-2 is fail, standby' },
    ]
    const call = await stage.begin(incident, 'page', { refusals })
    await call.finish({ status: 'done', reason: 'polaris has no active member, and nothing is left to try', incident: 'escalated' })
    await headline(page).toBe('Polaris needs a person')
    return incident
  }

  describe('coming in', () => {
    test('a token in the address is used once and leaves it; the cookie is out of reach for scripts', async () => {
      const page = await open()
      await headline(page).toBe('All well: 9 members pass')
      expect(page.url()).toBe(`${stage.url}/`)
      const [cookie] = await page.context().cookies()
      expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' })
      expect(
        await page.evaluate(() => [document.cookie, JSON.stringify(localStorage), JSON.stringify(sessionStorage)].join()),
      ).not.toContain('jdk_')
      await page.reload()
      await headline(page).toBe('All well: 9 members pass')
    })

    test('without a session it asks for a token, tells when it is wrong, and takes the right one', async () => {
      const page = await open({ path: ({ url }) => url, expected: /401/ })
      await headline(page).toBe('Sign in')
      await page.getByLabel('Token').fill('jdk_wrong')
      await page.keyboard.press('Enter')
      await text(page, '[role=alert]').toContain('This token is not valid here')
      await page.getByLabel('Token').fill(stage.token)
      await page.keyboard.press('Enter')
      await headline(page).toBe('All well: 9 members pass')
    })

    test('the built page is small, and holds nothing inline', () => {
      const scripts = readdirSync(join(board, 'assets')).filter((name) => name.endsWith('.js'))
      const bytes = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(join(board, 'assets', name))).length, 0)
      expect(bytes).toBeLessThan(scriptLimitBytes)
      const page = readFileSync(join(board, 'index.html'), 'utf8')
      expect(page).not.toMatch(/<style|style=|<script(?![^>]*\bsrc=)|https?:/)
      expect(scripts.every((name) => /-[\w-]{8,}\.js$/.test(name))).toBe(true)
    })
  })

  describe('a run that waits for a person', () => {
    async function asked() {
      const page = await open()
      const incident = await stage.alert('polaris', 'polaris-1', 'polaris-1 ended: signal SIGKILL')
      const run = await stage.asks(incident)
      await headline(page).toBe('Polaris waits for your approval')
      await text(page, '.approval').toContain('then it is given up, and a person is called')
      expect(await page.locator('.incident .rail-step').count()).toBe(4)
      return { page, run }
    }

    test('shows its plan with two buttons; an approval begins it', async () => {
      const { page, run } = await asked()
      await page.getByRole('button', { name: 'Approve' }).click()
      await headline(page).toContain('Polaris: switching to polaris-2')
      expect(await stage.journal.run(run.id)).toMatchObject({ status: 'queued', answer: 'approved', approvedBy: 'local' })
      expect(await page.locator('.approval').count()).toBe(0)
    })

    test('is declined with a reason', async () => {
      const { page, run } = await asked()
      await page.getByRole('button', { name: 'Decline' }).click()
      await page.getByLabel('Why not?').fill('the standby is old')
      await page.keyboard.press('Enter')
      await text(page, '.incident').toContain('declined by local: the standby is old')
      expect(await stage.journal.run(run.id)).toMatchObject({ status: 'cancelled', answer: 'declined' })
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations).toEqual([])
    })
  })

  describe('what it shows', () => {
    test('an incident and the steps of its run, as they happen, until all is well', async () => {
      const page = await open()
      await headline(page).toBe('All well: 9 members pass')
      const incident = await stage.alert('polaris', 'polaris-1', 'polaris-1 ended: signal SIGKILL')
      await text(page, '.incident').toContain('polaris-1 ended: signal SIGKILL')
      stage.status.set('polaris-1', { status: 'fail', role: 'unknown', generation: null, summary: 'refused the connection' })
      await text(page, '.tile[data-status=fail]').toContain('refused the connection')

      const run = await stage.begin(incident, 'failover-active-standby')
      await run.begins(0)
      await headline(page).toBe('Polaris: switching to polaris-2, step 1 of 4')
      await run.ended(0)
      await run.begins(1)
      await headline(page).toBe('Polaris: switching to polaris-2, step 2 of 4')
      await text(page, '.rail-step[data-status=done]').toMatch(/fence polaris-1.*\d ms/s)
      await text(page, '.rail-step[data-status=intent]').toMatch(/promote polaris-2.*\d/s)
      expect(await page.locator('.rail-step[data-status=planned]').count()).toBe(2)
      await run.ended(1)
      for (const seq of [2, 3]) {
        await run.begins(seq)
        await run.ended(seq)
      }
      stage.status.set('polaris-1', { status: 'pass', role: 'standby', generation: 8, summary: '' })
      stage.status.set('polaris-2', { role: 'active', generation: 8 })
      await run.finish({ status: 'done', reason: 'verified from outside: polaris-2', incident: 'recovered' })
      await headline(page).toBe('All well: 9 members pass')
      await text(page, '.incident').toContain('recovered')
      await text(page, '.tile[data-role=active]').toMatch(/polaris-2.*active.*g8/s)
      await text(page, '.card .generation').toBe('g8')
    })

    test('who is needed and why: what was tried, what was refused, and that somebody was called', async () => {
      const page = await open()
      await headline(page).toBe('All well: 9 members pass')
      const incident = await escalated(page)
      await text(page, '.headline-sub').toBe('process exited · Restart the process: failed · Switch to the standby: not tried')
      await expect.poll(() => page.getByRole('alert').allInnerTexts(), seen).toContain('Polaris needs a person')
      const rungs = page.locator('.rung')
      expect(await rungs.nth(0).innerText()).toMatch(/Restart the process\s+failed after .*no such file/s)
      expect(await rungs.nth(1).innerText()).toMatch(/Switch to the standby\s+not tried\s+no healthy standby: polaris-2 is fail, standby/)
      await text(page, '.paged').toContain('not been sent')
      await stage.journal.post({ channel: 'page', dedupe: incident, incident, payload: { component: 'polaris' } })
      const [message] = await stage.journal.due(1)
      await stage.journal.settle(message?.id as number, { sent: true })
      await text(page, '.paged').toMatch(/Paged \d\d:\d\d:\d\d/)

      await page.getByText('Resolve by hand').click()
      await page.getByLabel('What was it').fill('the disk was full')
      await page.getByRole('button', { name: 'Resolve' }).click()
      await expect.poll(async () => (await stage.journal.incident(incident))?.status, seen).toBe('resolved')
      await text(page, '.incident').toContain('resolved')
    })

    test('a storm of events is read in few requests', async () => {
      const page = await open()
      await headline(page).toBe('All well: 9 members pass')
      const incident = await stage.alert('polaris', 'polaris-1', 'polaris-1 ended')
      await text(page, '.incident').toContain('polaris-1 ended')
      let requests = 0
      page.on('request', () => requests++)
      const began = performance.now()
      for (let n = 0; n < 500; n++) await stage.journal.note('incident.joined', { component: 'polaris', incident }, { n })
      await page.locator('.incident summary', { hasText: 'Timeline' }).click()
      await expect.poll(() => page.locator('.timeline li').count(), seen).toBeGreaterThanOrEqual(500)
      expect(requests).toBeLessThan(2 * ((performance.now() - began) / 150 + 2))
    })

    test('a controller that is gone is told, and everything is anew when it is back', async () => {
      const page = await open({ expected: /ERR_|Failed to load/ })
      await headline(page).toBe('All well: 9 members pass')
      await stage.stop()
      await text(page, '.link').toContain('Reconnecting')
      await headline(page).toMatch(/^No word from the controller since \d\d:\d\d:\d\d$/)
      await text(page, '.headline-sub').toContain('Last known: All well: 9 members pass.')
      await stage.alert('leo', 'leo-1', 'leo-1 ended while nobody could look')
      await stage.start()
      await text(page, '.incident').toContain('leo-1 ended while nobody could look')
      await text(page, '.link').toContain('Live')
      await headline(page).toBe('Leo: unknown trouble')
    })
  })

  test('a tab in the background gives its stream back, and takes it again when it is looked at', async () => {
    const page = await open()
    await headline(page).toBe('All well: 9 members pass')
    const hide = (state: 'hidden' | 'visible') =>
      page.evaluate((value) => {
        Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => value })
        document.dispatchEvent(new Event('visibilitychange'))
      }, state)
    await page.clock.install()
    const given = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/v1/events'))
    await hide('hidden')
    await page.clock.fastForward(31_000)
    await given
    await stage.alert('leo', 'leo-1', 'leo-1 ended behind the back of the reader')
    await hide('visible')
    await text(page, '.incident').toContain('behind the back of the reader')
    await text(page, '.link').toContain('Live')
  })

  describe('what it can do', () => {
    test('the off-switch needs nothing but the keyboard: three keys and a reason', async () => {
      const page = await open()
      await headline(page).toBe('All well: 9 members pass')
      for (let n = 0; n < 5 && !(await focused(page)).startsWith('Automation'); n++) await page.keyboard.press('Tab')
      expect(await focused(page)).toBe('Automation on')
      await page.keyboard.press('Enter')
      await dialog(page).toBe(1)
      await page.keyboard.type('storm, hands off')
      await page.keyboard.press('Enter')
      await dialog(page).toBe(0)
      await expect
        .poll(() => stage.journal.switches(), seen)
        .toMatchObject([{ scope: 'global', off: true, by: 'local', reason: 'storm, hands off' }])
      await text(page, '.off-notice').toContain('Automation is off: nothing is mended by itself.')
      expect(await focused(page)).toContain('Automation')
      await page.keyboard.press('Enter')
      await dialog(page).toBe(1)
      await page.keyboard.press('Escape')
      await dialog(page).toBe(0)
      expect(await stage.journal.switches()).toMatchObject([{ off: true }])
      await page.locator('.off-notice').getByRole('button', { name: 'Turn on' }).click()
      await page.locator('dialog').getByRole('button', { name: 'Turn on' }).click()
      await expect.poll(() => stage.journal.switches(), seen).toMatchObject([{ off: false, reason: 'from the board' }])
      await expect.poll(() => page.locator('.off-notice').count(), seen).toBe(0)
    })

    test('one component alone can be switched off', async () => {
      const page = await open()
      await page.getByRole('button', { name: 'Hubble' }).click()
      await page.locator('dialog').getByRole('button', { name: 'Turn off' }).click()
      await page.getByRole('dialog', { name: 'Turn automation off for Hubble?' }).getByRole('button', { name: 'Turn off' }).click()
      await expect.poll(() => stage.journal.switches(), seen).toMatchObject([{ scope: 'hubble', off: true }])
      await text(page, '.card-off').toContain('automation off')
    })

    test('a switch by hand: the plan first, and nothing happens before the second press', async () => {
      const page = await open()
      await page.getByRole('button', { name: 'Polaris' }).click()
      await page.getByRole('button', { name: 'Switch to standby' }).click()
      await text(page, 'dialog .rail-name').toMatch(/fence polaris-1.*promote polaris-2.*route to polaris-2.*verify polaris-2/s)
      expect(await stage.journal.runs({}, { limit: 5 })).toEqual([])
      await page.getByRole('button', { name: 'Do it now' }).click()
      await expect
        .poll(() => stage.journal.runs({}, { limit: 5 }), seen)
        .toMatchObject([{ runbook: 'failover-active-standby', by: 'local' }])
      const [made] = await stage.journal.runs({}, { limit: 1 })
      const run = await conduct(stage.journal, made as Run)
      await run.begins(0)
      await text(page, 'dialog .rail-step[data-status=intent]').toContain('fence polaris-1')
      await page.keyboard.press('Escape')
      await headline(page).toBe('Polaris: switching to polaris-2, step 1 of 4')
    })

    test('what a guard refuses is told with its reason', async () => {
      const page = await open({ expected: /409/ })
      await page.getByRole('button', { name: 'Leo' }).click()
      await page.getByRole('button', { name: 'Restart' }).click()
      await text(page, 'dialog .problem').toContain('Refused: restart-process recovered leo 12 s ago')
      expect(await page.getByRole('button', { name: 'Do it now' }).count()).toBe(0)
    })
  })

  describe('for everybody', () => {
    const looks: [string, BrowserContextOptions][] = [
      ['light', { colorScheme: 'light' }],
      ['dark', { colorScheme: 'dark' }],
      ['Japanese', { locale: 'ja-JP', colorScheme: 'light' }],
      ['a phone, dark', { viewport: { width: 375, height: 812 }, colorScheme: 'dark', hasTouch: true }],
    ]
    const axe = async (page: Page) =>
      (await new AxeBuilder({ page }).setLegacyMode(true).analyze()).violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`,
      )

    test.each(looks)('no barrier, calm and in trouble: %s', async (_, look) => {
      const page = await open({ ...look, expected: /401/, path: ({ url }) => url })
      await page.locator('#token').waitFor()
      expect(await axe(page)).toEqual([])
      await page.locator('#token').fill(stage.token)
      await page.keyboard.press('Enter')
      await page.locator('.headline[data-tone=well]').waitFor()
      expect(await axe(page)).toEqual([])
      const incident = await stage.alert('polaris', 'polaris-1', 'polaris-1 ended: signal SIGKILL')
      stage.status.set('polaris-1', { status: 'fail', role: 'unknown', summary: 'refused the connection' })
      stage.status.set('polaris-2', { status: 'warn', summary: 'is 40 s behind' })
      stage.status.set('dipper-3', { status: 'unknown', role: 'fenced' })
      const run = await stage.begin(incident, 'failover-active-standby')
      await run.begins(0)
      await page.locator('.headline[data-tone=work]').waitFor()
      expect(await axe(page)).toEqual([])
      await run.finish({ status: 'failed', reason: 'no' })
      await stage.journal.setSwitch('global', true, 'aki', 'hands off')
      const call = await stage.begin(incident, 'page')
      await call.finish({ status: 'done', reason: 'nothing is left to try', incident: 'escalated' })
      await page.locator('.headline[data-tone=bad] .off-notice').waitFor()
      await page.locator('.incident summary').nth(1).click()
      expect(await axe(page)).toEqual([])
      await page.locator('.card-open').first().click()
      await page.locator('dialog .act .button').last().click()
      await page.locator('dialog .plan .rail').waitFor()
      expect(await axe(page)).toEqual([])
    })

    test('nothing sticks out of a phone, and every card is reached', async () => {
      const page = await open({ viewport: { width: 360, height: 740 } })
      await escalated(page)
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
      expect(await page.locator('.card:visible').count()).toBe(6)
    })

    test('Japanese, by the browser and by the button, and it is remembered', async () => {
      const page = await open({ locale: 'ja-JP' })
      await headline(page).toBe('異常なし：9 メンバーすべて正常')
      expect(await page.locator('html').getAttribute('lang')).toBe('ja')
      await page.getByRole('button', { name: 'Show in English' }).click()
      await headline(page).toBe('All well: 9 members pass')
      await page.reload()
      await headline(page).toBe('All well: 9 members pass')
      expect(await page.locator('html').getAttribute('lang')).toBe('en')
    })
  })
})
