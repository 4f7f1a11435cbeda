/**
 * Numbers as somebody writes them: with the separators of their locale, and leniently with others where that is clear.
 * What is shown can be read again.
 */
import { locale as readers } from './messages/language';

export type Numbers = {
  /** Nothing where it is no number. */
  read: (text: string) => number | undefined;
  show: (value: number) => string;
  /** Without separators of thousands: for lists. */
  showPlain: (value: number) => string;
};

/** A double holds so many digits whatever they are. */
const DIGITS = 15;
/** The formatter's most. */
const FRACTION_MAX = 20;

export function numbersIn(locale: string): Numbers {
  const grouped = new Intl.NumberFormat(locale, { maximumFractionDigits: FRACTION_MAX });
  const plain = new Intl.NumberFormat(locale, { maximumFractionDigits: FRACTION_MAX, useGrouping: false });
  const decimal = grouped.formatToParts(0.5).find(({ type }) => type === 'decimal')?.value ?? '.';
  const thousands = `[\\s'’${decimal === ',' ? '.' : ','}]`;
  const whole = new RegExp(`^(-?[1-9]\\d{0,2}(?:${thousands}\\d{2,3})*${thousands}\\d{3})(?:[${decimal}](\\d+))?$`);
  return {
    read: (text) => {
      const written = text.trim().replace(/^[−–]/, '-');
      const [, front, behind = '0'] = whole.exec(written) ?? /^(-?\d+)(?:[.,](\d+))?$/.exec(written) ?? [];
      return front === undefined ? undefined : Number(`${front.replace(/[^\d-]/g, '')}.${behind}`);
    },
    show: (value) => grouped.format(value),
    showPlain: (value) => plain.format(value),
  };
}

/** Per cent of a share, without the dust that a double leaves behind. */
export const percentOf = (share: number) => Number((share * 100).toPrecision(DIGITS));
export const shareOf = (percent: number) => Number((percent / 100).toPrecision(DIGITS));

/** In the reader's locale. */
export const numbers = numbersIn(readers);
