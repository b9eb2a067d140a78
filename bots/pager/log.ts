import type { Pager, PagerPorts } from './define.ts'

/** Writes the page to the terminal or the log of the controller. Reaches only who looks there. */
export const logPager = (_config: object, { write }: PagerPorts): Pager => ({
  kind: 'log',
  async deliver(page) {
    const people = page.call?.people.map(({ name }) => name) ?? []
    const called = people.length > 0 ? `\nCalled:  ${people.join(', ')}` : ''
    write(`\n  PAGE  ${page.title}\n${`${page.text}${called}`.replace(/^/gm, '        ')}\n`)
  },
})
