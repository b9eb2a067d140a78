import { useEffect, useState } from 'preact/hooks'
import type { Component, Member, Plan, RunDetail } from '../api/client.ts'
import { span } from '../words/time.ts'
import { wordFor } from '../words/words.ts'
import { Icon } from './icons.tsx'
import { problemText } from './problem.ts'
import { Rail, stepName } from './rail.tsx'
import { english, useUi } from './ui.ts'

type Stage =
  | { at: 'planning' }
  | { at: 'planned'; plan: Plan }
  | { at: 'ordering'; plan: Plan }
  | { at: 'ordered'; run: RunDetail }
  | { at: 'problem'; text: string; refused: boolean }

/** Restart or switch by hand: the plan first, and only a second press does it. */
export function Act({ component }: { component: Component }) {
  const { say } = useUi()
  const [action, setAction] = useState<'restart' | 'failover' | null>(null)
  return (
    <section class="act" aria-labelledby="act-title">
      <h3 id="act-title">{say('sheet.actions')}</h3>
      <div class="buttons">
        <button
          type="button"
          class="button"
          aria-expanded={action === 'restart'}
          onClick={() => setAction(action === 'restart' ? null : 'restart')}
        >
          <Icon name="work" />
          {say('act.restart')}
        </button>
        {component.topology === 'active-standby' && (
          <button
            type="button"
            class="button"
            aria-expanded={action === 'failover'}
            onClick={() => setAction(action === 'failover' ? null : 'failover')}
          >
            <Icon name="right" />
            {say('act.failover')}
          </button>
        )}
      </div>
      {action === 'restart' && <Restart component={component} onDone={() => setAction(null)} />}
      {action === 'failover' && <Planned component={component} action="failover" onDone={() => setAction(null)} />}
    </section>
  )
}

const needs: Record<Member['status'], number> = { fail: 0, unknown: 1, warn: 2, pass: 3 }

function Restart({ component, onDone }: { component: Component; onDone(): void }) {
  const { say } = useUi()
  const [first] = component.members.toSorted((a, b) => needs[a.status] - needs[b.status])
  const [member, setMember] = useState(first?.id ?? '')
  return (
    <>
      {component.members.length > 1 && (
        <>
          <label for="act-member">{say('act.which')}</label>
          <select id="act-member" value={member} onChange={(event) => setMember(event.currentTarget.value)}>
            {component.members.map((one) => (
              <option key={one.id} value={one.id}>
                {one.id}: {say(`status.${one.status}`)}
                {component.topology === 'active-standby' && `, ${say(`role.${one.role}`)}`}
              </option>
            ))}
          </select>
        </>
      )}
      <Planned key={member} component={component} action="restart" member={member} onDone={onDone} />
    </>
  )
}

function Planned({
  component,
  action,
  member,
  onDone,
}: {
  component: Component
  action: 'restart' | 'failover'
  member?: string
  onDone(): void
}) {
  const { say, orders } = useUi()
  const [stage, setStage] = useState<Stage>({ at: 'planning' })
  useEffect(() => {
    let gone = false
    void orders.plan(component.id, action, member).then((answer) => {
      if (gone) return
      setStage(
        answer.ok
          ? { at: 'planned', plan: answer.data }
          : { at: 'problem', text: problemText(say, answer), refused: answer.status === 409 },
      )
    })
    return () => {
      gone = true
    }
  }, [component.id, action, member])
  const order = async (plan: Plan) => {
    setStage({ at: 'ordering', plan })
    const answer = await orders.act(component.id, action, member)
    setStage(
      answer.ok ? { at: 'ordered', run: answer.data } : { at: 'problem', text: problemText(say, answer), refused: answer.status === 409 },
    )
  }
  return (
    <div class="plan" aria-live="polite">
      {stage.at === 'planning' && <p class="quiet">{say('act.planning')}</p>}
      {(stage.at === 'planned' || stage.at === 'ordering') && <PlanSteps plan={stage.plan} />}
      {(stage.at === 'planned' || stage.at === 'ordering') && stage.plan.steps.length > 0 && (
        <div class="buttons">
          <button type="button" class="button" onClick={onDone}>
            {say('act.cancel')}
          </button>
          <button type="button" class="button strong-bad" disabled={stage.at === 'ordering'} onClick={() => void order(stage.plan)}>
            {say(stage.at === 'ordering' ? 'act.doing' : 'act.do')}
          </button>
        </div>
      )}
      {stage.at === 'ordered' && <Ordered run={stage.run} />}
      {stage.at === 'problem' && (
        <p class="problem" role="alert">
          {stage.refused && <Icon name="lock" />}
          <span {...english}>{stage.text}</span>
        </p>
      )}
    </div>
  )
}

function PlanSteps({ plan }: { plan: Plan }) {
  const { say } = useUi()
  if (plan.steps.length === 0) return <p>{say('act.emptyPlan')}</p>
  return (
    <>
      <p>
        <b>{say('act.planTitle')}</b> <span class="quiet">{say('act.nothingYet')}</span>
      </p>
      {plan.reason && (
        <p class="reason" {...english}>
          {plan.reason}
        </p>
      )}
      <ol class="rail" aria-label={wordFor(say, 'runbook', plan.runbook)}>
        {plan.steps.map((step, seq) => (
          <li key={seq} class="rail-step" data-status="planned">
            <Icon name="planned" />
            <span class="rail-name">{stepName(say, step)}</span>
            <span class="rail-time">{say('run.mayTake', { time: span(step.timeoutMs).replace('.0 ', ' ') })}</span>
          </li>
        ))}
      </ol>
    </>
  )
}

/** The run as it is now: the page follows it like every other. */
function Ordered({ run: ordered }: { run: RunDetail }) {
  const { board, say } = useUi()
  const [seen, setSeen] = useState(ordered)
  const fresh = board.runs.find((run) => run.id === ordered.id)
  useEffect(() => {
    if (fresh) setSeen(fresh)
  }, [fresh])
  const run = fresh ?? seen
  return (
    <>
      <p>
        <b>{run.endedAt === null ? say('act.ordered') : say(`run.${run.status}`)}</b>
      </p>
      <Rail run={run} />
    </>
  )
}
