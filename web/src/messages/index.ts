/**
 * The words of the pages. Another language is another file with the type `Messages`,
 * chosen here and nowhere else.
 */
import { en } from './en';

export type Messages = typeof en;

export const words: Messages = en;
