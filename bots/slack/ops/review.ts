import { reviewHead } from '../blocks/review.ts'
import { keys, laneOfReview } from '../message.ts'
import { defineSlackOp } from './define.ts'
import { dutyPlace } from './duty-line.ts'

/** The head of a review in the channel of the duty, as it stands now. Its items are below it. */
export const review = defineSlackOp('review', {
  essential: true,
  async run({ review: id }, tools) {
    const found = await tools.duties?.reviews.get(id)
    if (!found) return
    // The lane of the posts alone posts; until then there is nothing to change.
    if (tools.lane !== laneOfReview(id) && !(await tools.reference(keys.review(id)))) return
    await tools.show(keys.review(id), dutyPlace(tools), () => reviewHead(found, tools))
  },
})
