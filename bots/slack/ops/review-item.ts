import { reviewItemOf } from '../blocks/review.ts'
import { keys, placeOf } from '../message.ts'
import { defineSlackOp } from './define.ts'
import { neverPosted } from './review.ts'

/** One item of a review, in its thread: with buttons, until it is decided. */
export const reviewItem = defineSlackOp('review-item', {
  essential: true,
  async run({ review: id, item: n }, tools) {
    const found = await tools.duties?.reviews.get(id)
    const item = found?.items.find((one) => one.n === n)
    const head = await tools.reference(keys.review(id))
    if (!found || !item || !head) return
    if (await neverPosted(id, keys.reviewItem(id, n), tools)) return
    await tools.show(keys.reviewItem(id, n), placeOf(head), () => reviewItemOf(item, found, tools))
  },
})
