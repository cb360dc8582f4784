//! The states of a parser inside brackets.

use super::{Context, Parser, ParserState, empty, event};
use crate::yaml::error::{Fault, FaultKind};
use crate::yaml::event::{Event, EventKind, Properties};
use crate::yaml::token::TokenKind;

impl<'t> Parser<'t> {
    pub(super) fn flow_sequence_entry(&mut self, is_first: bool) -> Result<Event<'t>, Box<Fault>> {
        if !is_first && !matches!(self.scanner.peek()?.kind, TokenKind::FlowSequenceEnd) {
            if !matches!(self.scanner.peek()?.kind, TokenKind::FlowEntry) {
                return self.fault(FaultKind::ListInBrackets);
            }
            self.scanner.take()?;
        }
        match self.scanner.peek()?.kind {
            TokenKind::FlowSequenceEnd => self.close(EventKind::SequenceEnd),
            TokenKind::Key => {
                let token = self.scanner.take()?;
                self.state = ParserState::FlowPairKey;
                Ok(event(EventKind::MappingStart(Properties::default()), token.start, 1))
            }
            _ => {
                self.states.push(ParserState::FlowSequenceEntry);
                self.node(Context::Flow)
            }
        }
    }

    pub(super) fn flow_pair_key(&mut self) -> Result<Event<'t>, Box<Fault>> {
        match self.scanner.peek()?.kind {
            TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowSequenceEnd => {
                // As libyaml does it, the token is lost, whatever it is.
                let mark = self.scanner.take()?.start;
                self.state = ParserState::FlowPairValue;
                Ok(empty(mark))
            }
            _ => {
                self.states.push(ParserState::FlowPairValue);
                self.node(Context::Flow)
            }
        }
    }

    pub(super) fn flow_mapping_key(&mut self, is_first: bool) -> Result<Event<'t>, Box<Fault>> {
        if !is_first && !matches!(self.scanner.peek()?.kind, TokenKind::FlowMappingEnd) {
            if !matches!(self.scanner.peek()?.kind, TokenKind::FlowEntry) {
                return self.fault(FaultKind::MappingInBraces);
            }
            self.scanner.take()?;
        }
        match self.scanner.peek()?.kind {
            TokenKind::FlowMappingEnd => self.close(EventKind::MappingEnd),
            TokenKind::Key => {
                self.scanner.take()?;
                let token = self.scanner.peek()?;
                match token.kind {
                    TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowMappingEnd => {
                        let mark = token.start;
                        self.state = ParserState::FlowMappingValue;
                        Ok(empty(mark))
                    }
                    _ => {
                        self.states.push(ParserState::FlowMappingValue);
                        self.node(Context::Flow)
                    }
                }
            }
            _ => {
                self.states.push(ParserState::FlowMappingNoValue);
                self.node(Context::Flow)
            }
        }
    }

    /// The value of a key in brackets, or nothing; `next` comes after it.
    pub(super) fn flow_value(&mut self, next: ParserState) -> Result<Event<'t>, Box<Fault>> {
        let mut mark = self.scanner.peek()?.start;
        if matches!(self.scanner.peek()?.kind, TokenKind::Value) {
            mark = self.scanner.take()?.start;
            let ends = matches!(
                (&self.scanner.peek()?.kind, next),
                (TokenKind::FlowEntry, _)
                    | (TokenKind::FlowSequenceEnd, ParserState::FlowPairEnd)
                    | (TokenKind::FlowMappingEnd, ParserState::FlowMappingKey)
            );
            if !ends {
                self.states.push(next);
                return self.node(Context::Flow);
            }
        }
        self.state = next;
        Ok(empty(mark))
    }
}
