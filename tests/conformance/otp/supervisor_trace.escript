#!/usr/bin/env escript
%%! -kernel logger_level none
%% Plays scripts of children that die (see the file `run` beside this one) with Erlang/OTP's supervisor, and prints what the supervisor did.

-module(supervisor_trace).
-mode(compile).
-behaviour(supervisor).
-export([init/1, start_child/2, run_child/2]).

init(What) -> What.

main([]) ->
    ets:new(plan, [named_table, public]),
    play(none, #{}),
    halt(0).

%% Reads commands until the input ends. Sup: the supervisor's process, or what it had become.
play(Sup, Case) ->
    case io:get_line("") of
        eof -> ok;
        Line -> command(string:lexemes(string:trim(Line), " "), Sup, Case)
    end.

command(["case" | _] = Words, _, _) ->
    ets:delete_all_objects(plan),
    trace(Words),
    play(none, #{children => []});
command(["supervisor", Strategy, Intensity, Period, AutoShutdown], Sup, Case) ->
    play(Sup, Case#{flags => #{strategy => list_to_atom(Strategy), intensity => list_to_integer(Intensity),
                               period => list_to_integer(Period), auto_shutdown => list_to_atom(AutoShutdown)}});
command(["child", Name, Restart, Significant], Sup, #{children := Children} = Case) ->
    Spec = #{id => Name, start => {?MODULE, start_child, [self(), Name]}, restart => list_to_atom(Restart),
             shutdown => 5000, significant => list_to_atom(Significant)},
    play(Sup, Case#{children := Children ++ [Spec]});
command(["start"], _, #{flags := Flags, children := Children} = Case) ->
    Parent = spawn_parent({ok, {Flags, Children}}),
    play(settle(wait_for_start(Parent)), Case);
command([What, Name, Times], Sup, Case) when What =:= "fail"; What =:= "ignore" ->
    ets:insert(plan, {{Name, What}, list_to_integer(Times)}),
    play(Sup, Case);
command(["die", Name, How], Sup, Case) ->
    case find(Sup, Name) of
        none ->
            trace(["no", Name]),
            play(Sup, Case);
        Pid ->
            trace(["end", Name]),
            Monitor = monitor(process, Pid),
            Pid ! {die, list_to_atom(How)},
            receive {'DOWN', Monitor, _, _, _} -> ok end,
            play(settle(Sup), Case)
    end;
command(["stop"], Sup, Case) when is_pid(Sup) ->
    play(wait_for_end(Sup), Case);
command(["stop"], Sup, Case) ->
    play(Sup, Case).

%% supervisor:start_link blocks until the children are started, and they report to us meanwhile.
spawn_parent(Init) ->
    Us = self(),
    spawn(fun() ->
                  process_flag(trap_exit, true),
                  case supervisor:start_link(?MODULE, Init) of
                      {ok, Sup} -> Us ! {started, Sup}, forward(Sup, Us);
                      {error, _} -> Us ! not_started
                  end
          end).

%% The supervisor's parent: it passes on the order to stop, and tells the end.
forward(Sup, Us) ->
    receive
        {'EXIT', Sup, _} -> Us ! {ended, Sup};
        stop -> exit(Sup, shutdown), forward(Sup, Us)
    end.

wait_for_start(Parent) ->
    receive
        {trace, From, Words} -> trace(Words), From ! ok, wait_for_start(Parent);
        {started, Sup} -> ets:insert(plan, {{parent, Sup}, Parent}), Sup;
        not_started -> trace(["finish"]), finished
    end.

wait_for_end(Sup) ->
    [{_, Parent}] = ets:lookup(plan, {parent, Sup}),
    Parent ! stop,
    drain(Sup).

drain(Sup) ->
    receive
        {trace, From, Words} -> trace(Words), From ! ok, drain(Sup);
        {ended, Sup} -> trace(["finish"]), finished
    end.

%% Waits until the supervisor has done everything that follows from the death of a child.
settle(Sup) when not is_pid(Sup) -> Sup;
settle(Sup) ->
    Us = self(),
    Reference = make_ref(),
    spawn(fun() -> Us ! {Reference, catch supervisor:which_children(Sup)} end),
    settle(Sup, Reference).

settle(Sup, Reference) ->
    receive
        {trace, From, Words} -> trace(Words), From ! ok, settle(Sup, Reference);
        {ended, Sup} -> trace(["finish"]), finished;
        {Reference, {'EXIT', _}} -> drain(Sup);
        {Reference, Children} ->
            case lists:all(fun({_, Pid, _, _}) -> is_settled(Pid) end, Children) of
                true -> Sup;
                false -> settle(Sup)
            end
    end.

is_settled(undefined) -> true;
is_settled(restarting) -> false;
is_settled(Pid) -> is_process_alive(Pid).

find(Sup, Name) when is_pid(Sup) ->
    case lists:keyfind(Name, 1, supervisor:which_children(Sup)) of
        {_, Pid, _, _} when is_pid(Pid) -> Pid;
        _ -> none
    end;
find(_, _) -> none.

trace(Words) -> io:put_chars([lists:join(" ", Words), "\n"]).

%% -- a child --------------------------------------------------------------------------------------------------------------

start_child(Tracer, Name) ->
    proc_lib:start_link(?MODULE, run_child, [Tracer, Name]).

run_child(Tracer, Name) ->
    process_flag(trap_exit, true),
    tell(Tracer, ["start", Name]),
    case planned({Name, "fail"}) orelse (planned({Name, "ignore"}) andalso ignore) of
        true -> proc_lib:init_ack({error, boom});
        ignore -> proc_lib:init_ack(ignore);
        false ->
            proc_lib:init_ack({ok, self()}),
            receive
                {'EXIT', _, Reason} -> tell(Tracer, ["stop", Name]), exit(Reason);
                {die, Reason} -> exit(Reason)
            end
    end.

planned(Key) ->
    case ets:lookup(plan, Key) of
        [{_, Times}] when Times > 0 -> ets:insert(plan, {Key, Times - 1}), true;
        _ -> false
    end.

tell(Tracer, Words) ->
    Tracer ! {trace, self(), Words},
    receive ok -> ok end.
