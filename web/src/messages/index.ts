/**
 * The words of the pages, in the reader's language.
 * Each catalogue is a chunk of its own and only one is loaded; whoever imports `words` waits for it.
 * A catalogue must import nothing but its own parts, or it would wait for the pages that wait for it.
 */
import type { en } from './en';
import { language, type Language } from './language';

export type Messages = typeof en;

const CATALOGUES: Record<Language, () => Promise<Messages>> = {
  en: () => import('./en').then((catalogue) => catalogue.en),
  de: () => import('./de').then((catalogue) => catalogue.de),
};

export const words: Messages = await CATALOGUES[language]();

document.documentElement.lang = language;
