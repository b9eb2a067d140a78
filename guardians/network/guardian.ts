import { defineGuardian } from '../define.ts'
import { checks } from './registry.ts'

export const network = defineGuardian('network', {
  title: { en: 'Addresses, gateways and balancers', ja: 'アドレス・ゲートウェイ・ロードバランサー' },
  checks,
})
