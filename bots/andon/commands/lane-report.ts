import { z } from 'zod'
import type { Lane } from '../andon.ts'
import { defineAndonCommand } from '../define.ts'
import { entry, personOf } from '../entries.ts'
import { marked } from '../here.ts'
import { refInput, wordsInput } from '../inputs.ts'
import { findLane, notALane, reported, withLane } from '../lanes.ts'
import { clean } from '../text.ts'

const reportChars = 40_000

/** What came out so far, by anybody, also after it is done. The time-box of its owner begins anew. Too long: cut. */
export const laneReport = defineAndonCommand('lane-report', {
  path: 'lanes/{lane}/report',
  summary: 'Report back from a lane',
  input: z.strictObject({
    lane: refInput.describe('Its id, or its kind'),
    text: wordsInput(reportChars).describe('Cut after 2,000 characters'),
  }),
  needs: 'anyone',
  when: ['yellow', 'red'],
  apply(andon, input, env) {
    const { now, actor, settings } = env
    const lane = findLane(andon, input.lane)
    if (notALane(lane)) return lane
    const by = personOf(actor)
    const text = clean(input.text)
    const told: Lane = reported(lane, by, text, now)
    const due = lane.status === 'taken' ? Math.max(lane.dueAt ?? 0, now + settings.laneMs) : lane.dueAt
    const next = withLane(marked(andon, env), { ...told, dueAt: due })
    return { next, tell: [entry(next, 'andon.lane-report', { lane: lane.id, title: lane.title, text, by })] }
  },
})
