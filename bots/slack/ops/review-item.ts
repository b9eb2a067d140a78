import { reviewItemOf } from '../blocks/review.ts'
import { keys, laneOfReview, placeOf } from '../message.ts'
import { defineSlackOp } from './define.ts'

/** One item of a review, in its thread: with buttons, until it is decided. */
export const reviewItem = defineSlackOp('review-item', {
  essential: true,
  async run({ review: id, item: n }, tools) {
    const found = await tools.duties?.reviews.get(id)
    const item = found?.items.find((one) => one.n === n)
    const head = await tools.reference(keys.review(id))
    if (!found || !item || !head) return
    if (tools.lane !== laneOfReview(id) && !(await tools.reference(keys.reviewItem(id, n)))) return
    await tools.show(keys.reviewItem(id, n), placeOf(head), () => reviewItemOf(item, found, tools))
  },
})
