import type { ProviderId } from './ids.ts';
import { gigId } from './provider.ts';

/** Who may carry, the most wanted first, and after how many minutes without anybody having taken it the next is asked. */
export interface ProviderChoice {
  inOrder: ProviderId[];
  fallbackAfterMinutes: number;
}

export const fallbackByDefaultMinutes = 10;

/** Where neither a retailer nor the mall has said anything. */
export const usualChoice: ProviderChoice = { inOrder: [gigId], fallbackAfterMinutes: fallbackByDefaultMinutes };

/**
 * Of several retailers in one order the strictest wins. Only whom all of them let carry it may; a provider stands where
 * the retailer who likes it least has it; and the next is asked when the most patient of them would ask. Null when none
 * has said anything; nobody in it when there is nobody whom all of them let.
 */
export function strictestOf(choices: readonly ProviderChoice[]): ProviderChoice | null {
  const [first] = choices;
  if (!first) return null;
  const common = first.inOrder.filter((id) => choices.every(({ inOrder }) => inOrder.includes(id)));
  const lists = choices.map(({ inOrder }) => inOrder.filter((id) => common.includes(id)));
  const places = (id: ProviderId) => lists.map((list) => list.indexOf(id));
  const worst = (id: ProviderId) => Math.max(...places(id));
  const sum = (id: ProviderId) => places(id).reduce((total, place) => total + place, 0);
  return {
    inOrder: common.sort((a, b) => worst(a) - worst(b) || sum(a) - sum(b) || (a < b ? -1 : 1)),
    fallbackAfterMinutes: Math.max(...choices.map(({ fallbackAfterMinutes }) => fallbackAfterMinutes)),
  };
}
