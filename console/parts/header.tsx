import { Icon } from './icons.tsx'
import { useTime, useUi } from './ui.ts'

export function Header() {
  const { board, say, locale, speak } = useUi()
  return (
    <header class="top">
      {board.session !== 'out' && (
        <a class="skip" href="#now">
          {say('skip')}
        </a>
      )}
      <p class="brand">
        <img src="/lamp-well.svg" alt="" width="22" height="22" />
        <b>Jidoka</b> <span lang="ja">自働化</span>
      </p>
      {board.session === 'in' && <LinkState />}
      {board.session === 'in' && <AutomationButton />}
      <button
        type="button"
        class="plain language"
        lang={locale === 'en' ? 'ja' : 'en'}
        aria-label={say('lang.switch')}
        onClick={() => speak(locale === 'en' ? 'ja' : 'en')}
      >
        {say('lang.other')}
      </button>
    </header>
  )
}

export function Footer() {
  const { say, orders } = useUi()
  return (
    <footer class="foot">
      <p class="quiet">{say('tagline')}</p>
      <a href="/docs">{say('foot.api')}</a>
      <button type="button" class="plain" onClick={() => void orders.signOut()}>
        {say('sign.out')}
      </button>
    </footer>
  )
}

function LinkState() {
  const { board, say, times } = useUi()
  const now = useTime()
  return (
    <p class="link" data-link={board.link}>
      <Icon name={board.link === 'lost' ? 'cut' : 'link'} />
      <b>{say(`link.${board.link}`)}</b>
      {board.heardAt !== null && <small>{say('link.heard', { time: times.at(board.heardAt, now) })}</small>}
    </p>
  )
}

/** Always in sight: at 3 a.m. the way to stop the machine must not be searched for. */
function AutomationButton() {
  const { board, say, askSwitch } = useUi()
  const off = board.switches.some((one) => one.scope === 'global' && one.off)
  return (
    <button type="button" class="button automation" data-off={off} aria-haspopup="dialog" onClick={() => askSwitch('global')}>
      <Icon name={off ? 'pause' : 'power'} />
      {say(off ? 'auto.off' : 'auto.on')}
    </button>
  )
}
