// The day of `day.yaml` as a C++ event loop: the yardstick for the compiled engine.
//
//     c++ -O2 -ffp-contract=off -o event_loop event_loop.cpp
//     ./event_loop MODEL FIRST COUNT          simulates replications FIRST ... FIRST + COUNT - 1 and prints how
//                                             many contacts they had and the CPU seconds they took, log included
//     ./event_loop MODEL FIRST COUNT FILE     also writes the log of the last one to FILE, as raw columns
//
// It knows what that day needs and no more: channels, journeys of work steps that do not come back to a step,
// one team to a step, agents who are always there. `event_loop.py` writes the MODEL (numbers in the order in
// which `read_model` reads them) and refuses what is not of this kind. Every random number is drawn here, by
// key, at the moment it is needed; so is every rule of docs/background/semantics.md that the day touches, and
// the log is that of the engines, to the last bit.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <limits>
#include <utility>
#include <vector>

constexpr double NaN = std::numeric_limits<double>::quiet_NaN();
constexpr double INF = std::numeric_limits<double>::infinity();

// --- random numbers by key ---------------------------------------------------------------------------------

struct Key {
    uint64_t seed, stream, visit, entity, replication;
};

struct Words {
    uint64_t w0, w1, w2, w3;
};

// Philox 4x64-10 (Salmon et al. 2011) of key (seed, stream) and counter (block, visit, entity, replication).
inline Words philox(const Key& key, uint64_t block) {
    uint64_t k0 = key.seed, k1 = key.stream;
    uint64_t x0 = block, x1 = key.visit, x2 = key.entity, x3 = key.replication;
    for (int round = 0; round < 10; ++round) {
        const unsigned __int128 a = (unsigned __int128)0xD2E7470EE14C6C93u * x0;
        const unsigned __int128 b = (unsigned __int128)0xCA5A826395121157u * x2;
        x0 = (uint64_t)(b >> 64) ^ x1 ^ k0;
        x1 = (uint64_t)b;
        x2 = (uint64_t)(a >> 64) ^ x3 ^ k1;
        x3 = (uint64_t)a;
        k0 += 0x9E3779B97F4A7C15u;
        k1 += 0xBB67AE8584CAA73Bu;
    }
    return {x0, x1, x2, x3};
}

// A word as a double strictly between 0 and 1.
inline double uniform(uint64_t word) {
    const double u = ((double)(int64_t)(word >> 11) + 0.5) * 0x1p-53;
    return u < 1.0 ? u : 1.0 - 0x1p-53;
}

// --- variates ----------------------------------------------------------------------------------------------

inline double polynomial(const double (&coefficients)[8], double x) {
    double value = coefficients[0];
    for (int i = 1; i < 8; ++i) value = value * x + coefficients[i];
    return value;
}

// Standard normal quantile: Wichura's PPND16 (AS 241, Applied Statistics 37, 1988), highest power first.
double normal_quantile(double u) {
    static constexpr double centre_top[8] = {
        2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
        13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.3871328727963666080};
    static constexpr double centre_bottom[8] = {
        5226.4952788528545610, 28729.085735721942674, 39307.895800092710610, 21213.794301586595867,
        5394.1960214247511077, 687.18700749205790830, 42.313330701600911252, 1.0};
    static constexpr double tail_top[8] = {
        7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
        1.27045825245236838258,    3.64784832476320460504,    5.76949722146069140550,
        4.63033784615654529590,    1.42343711074968357734};
    static constexpr double tail_bottom[8] = {
        1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
        1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940,
        2.05319162663775882187,    1.0};
    static constexpr double far_top[8] = {
        2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
        2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580,
        5.46378491116411436990,    6.65790464350110377720};
    static constexpr double far_bottom[8] = {
        2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
        7.86869131145613259100e-4,  1.48753612908506148525e-2, 1.36929880922735805310e-1,
        5.99832206555887937690e-1,  1.0};
    const double q = u - 0.5;
    if (std::fabs(q) <= 0.425) {
        const double r = 0.180625 - q * q;
        return q * polynomial(centre_top, r) / polynomial(centre_bottom, r);
    }
    const double r = std::sqrt(-std::log(q < 0.0 ? u : 1.0 - u));
    const double z = r <= 5.0 ? polynomial(tail_top, r - 1.6) / polynomial(tail_bottom, r - 1.6)
                              : polynomial(far_top, r - 5.0) / polynomial(far_bottom, r - 5.0);
    return q < 0.0 ? -z : z;
}

// Gamma variate by Marsaglia and Tsang (2000); the first try makes its normal of u, later ones of new blocks.
double gamma_variate(double shape, double scale, double u, const Key& key, uint64_t home) {
    const double d = (shape >= 1.0 ? shape : shape + 1.0) - 1.0 / 3.0;
    const double c = 1.0 / std::sqrt(9.0 * d);
    for (uint64_t attempt = 0; attempt < 1 << 16; ++attempt) {
        const Words words = philox(key, ((home + 1) << 16) + attempt);
        const double z = normal_quantile(attempt == 0 ? u : uniform(words.w0));
        const double root = 1.0 + c * z;
        if (root <= 0.0) continue;
        const double v = root * root * root, squared = z * z, u1 = uniform(words.w1);
        if (u1 < 1.0 - 0.0331 * squared * squared ||
            std::log(u1) < 0.5 * squared + d * (1.0 - v + std::log(v))) {
            const double boost = shape >= 1.0 ? 1.0 : std::pow(uniform(words.w2), 1.0 / shape);
            return scale * d * v * boost;
        }
    }
    return NaN;
}

enum Family : int { CONSTANT = 0, EXPONENTIAL = 3, GAMMA = 4, LOGNORMAL = 5, NEVER = -1 };

struct Distribution {
    int family = NEVER;
    double p0 = 0.0, p1 = 0.0;

    double sample(double u, const Key& key, uint64_t home) const {
        switch (family) {
            case CONSTANT: return p0;
            case EXPONENTIAL: return -p0 * std::log1p(-u);
            case GAMMA: return gamma_variate(p0, p1, u, key, home);
            case LOGNORMAL: return std::exp(p0 + p1 * normal_quantile(u));
            default: return NaN;
        }
    }
};

// --- the model ---------------------------------------------------------------------------------------------

struct Piece {
    double start, end, volume;  // arrivals to expect between start and end, at a constant rate
};

struct Channel {
    uint64_t arrivals, cases, contact;   // stream hashes
    std::vector<uint64_t> visits;        // by step
    int entry;                           // first step
    Distribution patience;               // NEVER: endless
    std::vector<std::vector<Piece>> days;
};

struct Step {
    Distribution time, wrap_up;
    std::vector<double> cumulative;  // shares of the targets but the last
    std::vector<int> target;         // a step, or one of the ends below zero
    int first_agent, agents;
};

struct Model {
    uint64_t seed;
    double begin, end;
    int64_t first_day;
    std::vector<double> segments;              // cumulative shares
    std::vector<std::vector<double>> reasons;  // the same, by segment
    std::vector<Channel> channels;
    std::vector<Step> steps;
};

template <class T>
void read(std::istream& in, T& number) {
    in >> number;
}

void read(std::istream& in, Distribution& it) { in >> it.family >> it.p0 >> it.p1; }

void read(std::istream& in, Piece& it) { in >> it.start >> it.end >> it.volume; }

template <class T>
void read(std::istream& in, std::vector<T>& items) {
    size_t count = 0;
    in >> count;
    items.resize(count);
    for (T& item : items) read(in, item);
}

void read(std::istream& in, Channel& it) {
    in >> it.arrivals >> it.cases >> it.contact;
    read(in, it.visits);
    in >> it.entry;
    read(in, it.patience);
    read(in, it.days);
}

void read(std::istream& in, Step& it) {
    read(in, it.time);
    read(in, it.wrap_up);
    read(in, it.cumulative);
    read(in, it.target);
    in >> it.first_agent >> it.agents;
}

Model read_model(const char* path) {
    Model model;
    std::ifstream in(path);
    in >> model.seed >> model.begin >> model.end >> model.first_day;
    read(in, model.segments);
    read(in, model.reasons);
    read(in, model.channels);
    read(in, model.steps);
    if (!in) {
        std::fprintf(stderr, "event_loop: cannot read the model %s\n", path);
        std::exit(2);
    }
    return model;
}

// --- the log -----------------------------------------------------------------------------------------------

enum Fate : int8_t { STILL_OPEN, RESOLVED, FALSELY_RESOLVED, UNRESOLVED, ABANDONED };
enum Outcome : int8_t { UNFINISHED, DONE, LEFT };
enum State : int8_t { AVAILABLE, WORK, WRAP_UP };

struct Contacts {  // by (channel, entity)
    std::vector<int32_t> origin;
    std::vector<int64_t> entity;
    std::vector<int32_t> channel, reason, segment;
    std::vector<double> arrival, end;
    std::vector<int8_t> fate;
};

struct Visits {  // by (contact, number)
    std::vector<int64_t> contact;
    std::vector<int32_t> number, step;
    std::vector<double> joined, started, ended, wrapped;
    std::vector<int32_t> agent;
    std::vector<int8_t> outcome;
};

struct Intervals {  // by (agent, start)
    std::vector<int32_t> agent;
    std::vector<int8_t> state;
    std::vector<double> start, end;
    std::vector<int32_t> load;
    std::vector<int8_t> overtime;
};

struct Log {
    Contacts contacts;
    Visits visits;
    Intervals intervals;
};

// Fits all columns of a table to so many rows.
template <class... Columns>
void resize(size_t rows, Columns&... columns) {
    (columns.resize(rows), ...);
}

// --- the event loop ----------------------------------------------------------------------------------------

// First in, first out; but who comes at the same moment as others takes the place that `before` says.
class Line {
  public:
    bool empty() const { return head_ == tail_; }
    int front() const { return items_[head_ & mask_]; }
    void pop() { ++head_; }

    template <class Before>
    void push(int item, Before before) {
        if (tail_ - head_ == items_.size()) grow();
        uint32_t place = tail_++;
        for (; place != head_ && before(item, items_[(place - 1) & mask_]); --place)
            items_[place & mask_] = items_[(place - 1) & mask_];
        items_[place & mask_] = item;
    }

  private:
    void grow() {
        std::vector<int> wider(2 * items_.size());
        for (uint32_t i = 0; i < items_.size(); ++i) wider[i] = items_[(head_ + i) & mask_];
        tail_ -= head_;
        head_ = 0;
        items_.swap(wider);
        mask_ = (uint32_t)items_.size() - 1;
    }

    std::vector<int> items_ = std::vector<int>(64);
    uint32_t head_ = 0, tail_ = 0, mask_ = 63;
};

enum Kind : int32_t { TALK_ENDS, WRAP_UP_ENDS, PATIENCE_ENDS };

struct Event {
    double time;
    Kind kind;
    int32_t id;  // of the agent or, for patience, of the visit
};

// Binary heap by time. Events of one moment commute, so nothing else orders them.
class Events {
  public:
    double next() const { return heap_.empty() ? INF : heap_.front().time; }

    void push(Event event) {
        size_t hole = heap_.size();
        heap_.push_back(event);
        for (size_t up; hole > 0 && event.time < heap_[up = (hole - 1) / 2].time; hole = up)
            heap_[hole] = heap_[up];
        heap_[hole] = event;
    }

    Event pop() {
        const Event top = heap_.front(), last = heap_.back();
        heap_.pop_back();
        const size_t size = heap_.size();
        if (size == 0) return top;
        size_t hole = 0, down;
        while ((down = 2 * hole + 1) < size) {
            down += down + 1 < size && heap_[down + 1].time < heap_[down].time;
            if (last.time <= heap_[down].time) break;
            heap_[hole] = heap_[down];
            hole = down;
        }
        heap_[hole] = last;
        return top;
    }

  private:
    std::vector<Event> heap_;
};

struct Visit {
    double joined, started, ended, wrapped;
    int32_t contact, number, step, agent;
    Outcome outcome;
};

struct Interval {
    double start, end;
    int32_t agent;
    State state;
};

struct Agent {
    double since;  // in the present state from then on
    double wrap_up, u_next;
    int32_t visit;
    int32_t step;
    State state;
};

struct Desk {  // a step with those who wait and those who are free, longest first
    Line waiting, free;
    bool is_due = false;  // something changed here since the last match
};

class Day {
  public:
    Day(const Model& model, uint64_t replication)
        : model_(model), replication_(replication), desks_(model.steps.size()) {}

    Log run() {
        draw_arrivals();
        staff();
        while (true) {
            const double now = std::min(next_arrival_, events_.next());
            if (!(now < model_.end)) break;
            while (next_arrival_ == now) arrive(now);
            while (events_.next() == now) apply(events_.pop(), now);
            match(now);
        }
        for (int agent = 0; agent < (int)agents_.size(); ++agent) enter(agent, AVAILABLE, model_.end);
        sort_visits();
        sort_intervals();
        return std::move(log_);
    }

  private:
    Key key(uint64_t stream, int contact) const {
        return {model_.seed, stream, 0, (uint64_t)log_.contacts.entity[contact], replication_};
    }

    const Channel& channel_of(int contact) const { return model_.channels[log_.contacts.channel[contact]]; }

    // The first contacts of all cases, with segment and reason: unit exponentials, added up and inverted
    // through the cumulative rate of their day.
    void draw_arrivals() {
        Contacts& to = log_.contacts;
        double volume = 0.0;
        for (const Channel& channel : model_.channels)
            for (const auto& day : channel.days)
                for (const Piece& piece : day) volume += piece.volume;
        const size_t room = (size_t)(volume + 10.0 * std::sqrt(volume)) + 16;
        to.entity.reserve(room);
        to.arrival.reserve(room);
        to.channel.reserve(room);
        for (const Channel& channel : model_.channels) {
            next_.push_back((int)to.entity.size());
            for (size_t day = 0; day < channel.days.size(); ++day)
                draw_day(channel, (model_.first_day + (int64_t)day) << 40, channel.days[day]);
            last_.push_back((int)to.entity.size());
        }
        const size_t contacts = to.entity.size();
        resize(contacts, to.reason, to.segment);
        to.origin = to.channel;
        to.end.assign(contacts, NaN);
        to.fate.assign(contacts, STILL_OPEN);
        visits_made_.assign(contacts, 0);
        visits_.reserve(contacts + contacts / 4);
        intervals_.reserve(3 * contacts);
        for (int contact = 0; contact < (int)contacts; ++contact) {
            const Words words = philox(key(channel_of(contact).cases, contact), 0);
            to.segment[contact] = category(model_.segments, uniform(words.w0));
            to.reason[contact] = category(model_.reasons[to.segment[contact]], uniform(words.w1));
        }
    }

    void draw_day(const Channel& channel, int64_t entity, const std::vector<Piece>& pieces) {
        Contacts& to = log_.contacts;
        double expected = 0.0, before = 0.0;  // up to this customer; up to this piece
        for (size_t piece = 0;; entity += 1 << 8) {
            const Key key{model_.seed, channel.arrivals, 0, (uint64_t)entity, replication_};
            expected += -std::log1p(-uniform(philox(key, 0).w0));
            while (piece < pieces.size() && before + pieces[piece].volume <= expected)
                before += pieces[piece++].volume;
            if (piece == pieces.size()) return;
            const auto& [start, end, volume] = pieces[piece];
            const double time = start + (expected - before) / volume * (end - start);
            if (time < model_.begin || time >= model_.end) continue;
            to.entity.push_back(entity);
            to.arrival.push_back(time);
            to.channel.push_back((int32_t)(&channel - model_.channels.data()));
        }
    }

    static int category(const std::vector<double>& cumulative, double u) {
        int index = 0;
        while (index < (int)cumulative.size() - 1 && u >= cumulative[index]) ++index;
        return index;
    }

    void staff() {
        for (int step = 0; step < (int)model_.steps.size(); ++step) {
            const Step& work = model_.steps[step];
            agents_.resize(std::max(agents_.size(), (size_t)(work.first_agent + work.agents)));
            for (int agent = work.first_agent; agent < work.first_agent + work.agents; ++agent) {
                agents_[agent] = {model_.begin, 0.0, 0.0, -1, step, AVAILABLE};
                become_free(agent);
            }
        }
        find_next_arrival();
    }

    void find_next_arrival() {
        next_arrival_ = INF;
        for (size_t channel = 0; channel < next_.size(); ++channel) {
            if (next_[channel] == last_[channel]) continue;
            const double time = log_.contacts.arrival[next_[channel]];
            if (time < next_arrival_) next_arrival_ = time, next_channel_ = channel;
        }
    }

    // Phase one of a moment: changes, in any order.

    void arrive(double now) {
        const int contact = next_[next_channel_]++;
        find_next_arrival();
        join(contact, channel_of(contact).entry, now);
    }

    void apply(Event event, double now) {
        switch (event.kind) {
            case TALK_ENDS: return end_talk(event.id, now);
            case WRAP_UP_ENDS: return end_wrap_up(event.id, now);
            case PATIENCE_ENDS: return end_patience(event.id, now);
        }
    }

    void join(int contact, int step, double now) {
        const int visit = (int)visits_.size();
        visits_.push_back({now, NaN, NaN, NaN, contact, visits_made_[contact]++, step, -1, UNFINISHED});
        desks_[step].waiting.push(visit, [this](int a, int b) {
            const Visit &one = visits_[a], &other = visits_[b];
            return one.joined == other.joined && one.contact < other.contact;
        });
        joined_.push_back(visit);
        is_due(step);
    }

    void end_talk(int agent, double now) {
        const Agent& it = agents_[agent];
        Visit& visit = visits_[it.visit];
        visit.ended = now;
        visit.outcome = DONE;
        const int contact = visit.contact, step = visit.step;
        if (it.wrap_up > 0.0) {
            events_.push({now + it.wrap_up, WRAP_UP_ENDS, agent});
            enter(agent, WRAP_UP, now);
        } else {
            end_wrap_up(agent, now);
        }
        const Step& work = model_.steps[step];
        size_t way = 0;
        while (way < work.cumulative.size() && it.u_next >= work.cumulative[way]) ++way;
        const int next = work.target[way];
        if (next >= 0) return join(contact, next, now);
        leave(contact, next == -1 ? RESOLVED : next == -2 ? UNRESOLVED : FALSELY_RESOLVED, now);
    }

    void end_wrap_up(int agent, double now) {
        visits_[agents_[agent].visit].wrapped = now;
        enter(agent, AVAILABLE, now);
        become_free(agent);
        is_due(agents_[agent].step);
    }

    void end_patience(int number, double now) {
        Visit& visit = visits_[number];
        if (visit.agent >= 0) return;  // served before
        visit.ended = visit.wrapped = now;
        visit.outcome = LEFT;
        leave(visit.contact, ABANDONED, now);
    }

    void leave(int contact, Fate fate, double now) {
        log_.contacts.end[contact] = now;
        log_.contacts.fate[contact] = fate;
    }

    // Ends an agent's present state; one that has lasted no time is not logged.
    void enter(int agent, State state, double now) {
        Agent& it = agents_[agent];
        if (now > it.since) intervals_.push_back({it.since, now, agent, it.state});
        it.since = now;
        it.state = state;
    }

    void become_free(int agent) {
        desks_[agents_[agent].step].free.push(agent, [this](int a, int b) {
            return agents_[a].since == agents_[b].since && a < b;
        });
    }

    void is_due(int step) {
        if (!desks_[step].is_due) due_.push_back(step);
        desks_[step].is_due = true;
    }

    // Phase two: the match, once. Patience begins after it, for those who still wait.

    void match(double now) {
        for (const int step : due_) {
            Desk& desk = desks_[step];
            desk.is_due = false;
            while (!desk.waiting.empty() && !desk.free.empty()) {
                const int visit = desk.waiting.front();
                desk.waiting.pop();
                if (visits_[visit].outcome == LEFT) continue;
                const int agent = desk.free.front();
                desk.free.pop();
                begin_work(visit, agent, now);
            }
        }
        due_.clear();
        for (const int visit : joined_) {
            if (visits_[visit].agent >= 0) continue;
            const int contact = visits_[visit].contact;
            const Channel& channel = channel_of(contact);
            if (channel.patience.family == NEVER) continue;
            const Key key = this->key(channel.contact, contact);
            const double u = uniform(philox(key, 0).w0);
            events_.push({now + channel.patience.sample(u, key, 0), PATIENCE_ENDS, visit});
        }
        joined_.clear();
    }

    void begin_work(int number, int agent, double now) {
        Visit& visit = visits_[number];
        visit.started = now;
        visit.agent = agent;
        enter(agent, WORK, now);
        const Step& work = model_.steps[visit.step];
        const Key key = this->key(channel_of(visit.contact).visits[visit.step], visit.contact);
        const Words words = philox(key, 0);
        Agent& it = agents_[agent];
        it.visit = number;
        it.wrap_up = work.wrap_up.family == NEVER ? 0.0 : work.wrap_up.sample(uniform(words.w1), key, 1);
        it.u_next = uniform(words.w2);
        events_.push({now + work.time.sample(uniform(words.w0), key, 0), TALK_ENDS, agent});
    }

    // The order of the log. Rows of one contact, or of one agent, were made in order already.

    template <class Row, class Place>
    static std::vector<int> places(const std::vector<Row>& rows, size_t groups, Place group_of) {
        std::vector<int> first(groups + 1, 0), place(rows.size());
        for (const Row& row : rows) ++first[group_of(row) + 1];
        for (size_t group = 0; group < groups; ++group) first[group + 1] += first[group];
        for (size_t row = 0; row < rows.size(); ++row) place[row] = first[group_of(rows[row])]++;
        return place;
    }

    void sort_visits() {
        Visits& to = log_.visits;
        resize(visits_.size(), to.contact, to.number, to.step, to.joined, to.started, to.ended, to.wrapped,
               to.agent, to.outcome);
        const auto place = places(visits_, visits_made_.size(), [](const Visit& it) { return it.contact; });
        for (size_t row = 0; row < visits_.size(); ++row) {
            const Visit& visit = visits_[row];
            const int at = place[row];
            to.contact[at] = visit.contact;
            to.number[at] = visit.number;
            to.step[at] = visit.step;
            to.joined[at] = visit.joined;
            to.started[at] = visit.started;
            to.ended[at] = visit.ended;
            to.wrapped[at] = visit.wrapped;
            to.agent[at] = visit.agent;
            to.outcome[at] = visit.outcome;
        }
    }

    void sort_intervals() {
        Intervals& to = log_.intervals;
        resize(intervals_.size(), to.agent, to.state, to.start, to.end, to.load, to.overtime);
        const auto place = places(intervals_, agents_.size(), [](const Interval& it) { return it.agent; });
        for (size_t row = 0; row < intervals_.size(); ++row) {
            const Interval& interval = intervals_[row];
            const int at = place[row];
            to.agent[at] = interval.agent;
            to.state[at] = interval.state;
            to.start[at] = interval.start;
            to.end[at] = interval.end;
            to.load[at] = interval.state != AVAILABLE;
        }
    }

    const Model& model_;
    const uint64_t replication_;
    Log log_;
    std::vector<int> next_, last_;  // contacts by channel: the next to arrive, one past the last
    double next_arrival_ = INF;
    size_t next_channel_ = 0;
    Events events_;
    std::vector<Desk> desks_;
    std::vector<Agent> agents_;
    std::vector<Visit> visits_;
    std::vector<int32_t> visits_made_;  // by contact
    std::vector<Interval> intervals_;
    std::vector<int> due_;     // steps to match
    std::vector<int> joined_;  // visits since the last match
};

// --- the command -------------------------------------------------------------------------------------------

template <class... Columns>
void write_table(std::FILE* file, size_t rows, const Columns&... columns) {
    const int64_t count = (int64_t)rows;
    std::fwrite(&count, sizeof count, 1, file);
    (std::fwrite(columns.data(), sizeof columns[0], columns.size(), file), ...);
}

void write_log(const char* path, const Log& log) {
    std::FILE* file = std::fopen(path, "wb");
    if (file == nullptr) {
        std::perror(path);
        std::exit(2);
    }
    const auto& [contacts, visits, intervals] = log;
    write_table(file, contacts.entity.size(), contacts.origin, contacts.entity, contacts.channel,
                contacts.reason, contacts.segment, contacts.arrival, contacts.end, contacts.fate);
    write_table(file, visits.contact.size(), visits.contact, visits.number, visits.step, visits.joined,
                visits.started, visits.ended, visits.wrapped, visits.agent, visits.outcome);
    write_table(file, intervals.agent.size(), intervals.agent, intervals.state, intervals.start,
                intervals.end, intervals.load, intervals.overtime);
    if (std::fclose(file) != 0) {
        std::perror(path);
        std::exit(2);
    }
}

int main(int count, char** words) {
    if (count != 4 && count != 5) {
        std::fprintf(stderr, "usage: event_loop MODEL FIRST COUNT [FILE]\n");
        return 2;
    }
    const Model model = read_model(words[1]);
    const uint64_t first = std::strtoull(words[2], nullptr, 10);
    const uint64_t last = first + std::strtoull(words[3], nullptr, 10);
    Day(model, first).run();  // the first one finds the memory cold
    size_t contacts = 0;
    Log log;
    const std::clock_t begin = std::clock();
    for (uint64_t replication = first; replication < last; ++replication) {
        log = Day(model, replication).run();
        contacts += log.contacts.entity.size();
    }
    const double seconds = (double)(std::clock() - begin) / CLOCKS_PER_SEC;
    if (count == 5) write_log(words[4], log);
    std::printf("%zu %.6f\n", contacts, seconds);
}
