import { defineGuardian } from '../define.ts'
import { checks } from './registry.ts'

export const pairing = defineGuardian('pairing', {
  title: { en: 'Active and standby', ja: 'アクティブとスタンバイ' },
  checks,
})
