import type { Pager, PagerPorts } from './define.ts'

/** Writes the page to the terminal or the log of the controller. Reaches only who looks there. */
export const logPager = (_config: object, { write }: PagerPorts): Pager => ({
  kind: 'log',
  async deliver(page) {
    write(`\n  PAGE  ${page.title}\n${page.text.replace(/^/gm, '        ')}\n`)
  },
})
