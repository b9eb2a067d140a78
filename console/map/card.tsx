import type { Component, Member } from '../api/client.ts'
import { Icon, statusIcon } from '../parts/icons.tsx'
import { RoleBadge } from '../parts/role.tsx'
import { english, useUi } from '../parts/ui.ts'
import { isLive, latestSteps, progressOf } from '../state/runs.ts'
import { failureWord, nameOf, wordFor } from '../words/words.ts'

/** Of larger components, those that pass are counted beyond so many. */
const tilesMax = 6

/** Tiles beside each other. */
export function columnsOf({ members }: Pick<Component, 'members'>): 1 | 2 | 3 {
  return members.length === 1 ? 1 : members.length === 2 || members.length === 4 ? 2 : 3
}

/** `compact`: while it is well, its name is enough. */
export function ComponentCard({ component, compact, onLight }: { component: Component; compact: boolean; onLight(on: boolean): void }) {
  const { board, say, show } = useUi()
  const { members } = component
  const bare = compact && component.status === 'pass' && !board.open.some((incident) => incident.component === component.id)
  const passing = members.filter((member) => member.status === 'pass').length
  const seen = members.some((member) => member.status !== 'unknown')
  const headless = seen && component.topology === 'active-standby' && !members.some((member) => member.role === 'active')
  return (
    <li
      class="card"
      data-columns={bare ? undefined : columnsOf(component)}
      data-place={component.id}
      data-status={component.status}
      onPointerEnter={() => onLight(true)}
      onPointerLeave={() => onLight(false)}
      onFocusIn={() => onLight(true)}
      onFocusOut={() => onLight(false)}
    >
      <header>
        <Icon name={statusIcon[component.status]} />
        <h3>
          <button type="button" class="card-open" aria-haspopup="dialog" onClick={() => show(component.id)}>
            {nameOf(component.id)}
            <span class="sr-only">, {say(`status.${component.status}`)}</span>
          </button>
        </h3>
        {component.generation > 0 && (
          <span class="generation" title={say('map.generation', { n: component.generation })}>
            g{component.generation}
          </span>
        )}
        {component.title !== component.id && <span class="card-title">{component.title}</span>}
        {board.switches.some((one) => one.scope === component.id && one.off) && (
          <span class="card-off">
            <Icon name="pause" />
            {say('map.automationOff')}
          </span>
        )}
      </header>
      {!bare && <Tiles component={component} />}
      {headless && <p class="card-foot bad">{say('map.nobody')}</p>}
      {!bare && members.length > tilesMax && <p class="card-foot">{say('map.members', { n: passing, of: members.length })}</p>}
      {component.dependsOn.length > 0 && (
        <p class="card-foot needs">{say('map.needs', { names: component.dependsOn.map(nameOf).join(', ') })}</p>
      )}
      <Strip component={component.id} />
    </li>
  )
}

function Tiles({ component }: { component: Component }) {
  const { say } = useUi()
  const { members } = component
  const few = members.length <= tilesMax
  const shown = few ? members : members.filter((member) => member.status !== 'pass').slice(0, tilesMax)
  const rest = members.length - shown.length
  return (
    <ul class="tiles">
      {shown.map((member) => (
        <Tile key={member.id} member={member} component={component} />
      ))}
      {rest > 0 && (
        <li class="tile tile-rest" data-status="pass">
          <Icon name="pass" /> {say('map.more', { n: rest })}
        </li>
      )}
    </ul>
  )
}

function Tile({ member, component }: { member: Member; component: Component }) {
  const { say } = useUi()
  const pool = component.topology === 'pool'
  // A standby learns of a new generation when it is told to act; an active one of an old generation is wrong.
  const old = member.role === 'active' && member.generation !== null && member.generation < component.generation
  return (
    <li class="tile" data-status={member.status} data-role={pool ? undefined : member.role}>
      <div class="tile-head">
        <Icon name={statusIcon[member.status]} />
        <b class="mono">{member.id}</b>
        <span class="sr-only">{say(`status.${member.status}`)}</span>
      </div>
      <RoleBadge member={member} pool={pool} />
      <p class="tile-place">
        {member.site}
        {!pool && member.generation !== null && (
          <>
            {member.site && ' · '}
            <span class={old ? 'bad' : ''} title={old ? say('map.oldGeneration', { n: component.generation }) : undefined}>
              g{member.generation}
            </span>
          </>
        )}
      </p>
      {member.status !== 'pass' && <p class="tile-status">{say(`status.${member.status}`)}</p>}
      {member.summary && (
        <p class="tile-summary" title={member.summary} {...english}>
          {member.summary.replace(ownAddress, '')}
        </p>
      )}
    </li>
  )
}

/** Probes name whom they asked; in its own tile that is only long. */
const ownAddress = /^https?:\/\/\S+ /

/** What is being done about the component right now, in the card itself. */
function Strip({ component }: { component: string }) {
  const { board, say } = useUi()
  const incident = board.open.find((one) => one.component === component)
  const runs = [
    ...(incident ? (board.details.get(incident.id)?.runs ?? []) : []),
    ...board.runs.filter((run) => run.component === component),
  ]
  const run = runs.find(isLive)
  if (incident?.status === 'escalated') {
    return (
      <p class="strip" data-tone="bad">
        <Icon name="person" />
        {say('incident.escalated')}
      </p>
    )
  }
  if (run) {
    const { at, of } = progressOf(run)
    return (
      <p class="strip" data-tone="work">
        <span>
          {wordFor(say, 'runbook', run.runbook)} {of > 1 && `${at}/${of}`}
        </span>
        <span class="strip-steps" aria-hidden="true">
          {latestSteps(run.steps).map((step) => (
            <i key={step.seq} data-status={step.status} />
          ))}
        </span>
      </p>
    )
  }
  return incident ? (
    <p class="strip" data-tone="warn">
      <Icon name="warn" />
      {failureWord(say, incident.failure)}
    </p>
  ) : null
}
