import { dutySaid } from '../blocks/duty.ts'
import { lateText } from '../late.ts'
import { keys, type Place, placeOf } from '../message.ts'
import { defineSlackOp, type SlackTools } from './define.ts'

export const dutyPlace = ({ catalog, settings }: Pick<SlackTools, 'catalog' | 'settings'>): Place => ({
  channel: catalog.config.duty?.channel ?? settings.channel,
  thread: null,
})

/** One entry of duty or of a review, said once: in the thread of the review, else in the channel of the duty. */
export const dutyLine = defineSlackOp('duty-line', {
  essential: true,
  async run({ event, review }, tools) {
    const head = review === null ? null : await tools.reference(keys.review(review))
    if (review !== null && !head) return
    const said = dutySaid(event, tools)
    if (!said) return
    await tools.post(keys.line(event.seq), head ? placeOf(head) : dutyPlace(tools), () => {
      const late = lateText(event.at, tools.now(), tools.catalog.config.andon.locale)
      return late ? { ...said, text: `${said.text}\n_${late}_` } : said
    })
  },
})
